import NIOCore
import TangoCore

@testable import TangoWire

/// A GIOP message decoded as far as the codec goes, and encoded again.
enum DecodedMessage {
    /// `call` is missing when the operation is not one of ours.
    case request(RequestHeader, DeviceCall?, bodyOffset: Int)
    case reply(ReplyHeader, ReplyBody, bodyOffset: Int)
    case locateRequest(LocateRequest)
    case locateReply(LocateReply)
    case cancelRequest(UInt32)
    case headerOnly(MessageType)

    enum ReplyBody {
        case result(TangoWire.Operation, DeviceResult)
        case userException(UserException)
        case systemException(SystemException)
        case forward(IOR)
        case none
    }

    /// - Parameter operation: what a reply answers.
    init(_ message: Message, replyTo operation: TangoWire.Operation?) throws(CDRError) {
        try self.init(Array(buffer: message.bytes), header: message.header, replyTo: operation)
    }

    init(_ bytes: [UInt8], header: MessageHeader, replyTo operation: TangoWire.Operation?) throws(CDRError) {
        self = try reading(bytes, at: MessageHeader.size, littleEndian: header.isLittleEndian) {
            (reader) throws(CDRError) -> DecodedMessage in
            switch header.type {
            case .request:
                let request = try RequestHeader(header, &reader)
                let offset = reader.position
                guard case .known(let operation) = request.operation else { return .request(request, nil, bodyOffset: offset) }
                return .request(request, try DeviceCall(operation, &reader), bodyOffset: offset)
            case .reply:
                let reply = try ReplyHeader(header, &reader)
                let offset = reader.position
                return .reply(reply, try Self.body(reply, operation, &reader), bodyOffset: offset)
            case .locateRequest: return .locateRequest(try LocateRequest(header, &reader))
            case .locateReply: return .locateReply(try LocateReply(header, &reader))
            case .cancelRequest: return .cancelRequest(try reader.uint32())
            case .closeConnection, .messageError, .fragment: return .headerOnly(header.type)
            }
        }
    }

    private static func body(
        _ reply: ReplyHeader, _ operation: TangoWire.Operation?, _ reader: inout CDRReader
    ) throws(CDRError) -> ReplyBody {
        switch reply.status {
        case .noException:
            guard let operation else { return .none }
            return .result(operation, try DeviceResult(operation, &reader))
        case .userException: return .userException(try UserException(&reader))
        case .systemException: return .systemException(try SystemException(&reader))
        case .locationForward, .locationForwardPermanent: return .forward(try IOR(&reader))
        case .needsAddressingMode: return .none
        }
    }

    /// The message as this library sends it.
    func encoded(version: GIOPVersion) -> [UInt8] {
        switch self {
        case .headerOnly(let type): return Array(buffer: CDRWriter.headerOnly(type, version: version))
        case .cancelRequest(let id): return Array(buffer: CDRWriter.cancelRequest(id, version: version))
        default: break
        }
        return writing { writer in
            switch self {
            case .request(let header, let call, _):
                header.encode(to: &writer, arguments: call?.hasArguments ?? false)
                call?.encode(to: &writer)
                writer.endMessage()
            case .reply(let header, let body, _):
                switch body {
                case .result(let operation, let result):
                    header.encode(to: &writer, body: result.hasBody)
                    result.encode(for: operation, to: &writer)
                case .userException(let exception):
                    header.encode(to: &writer, body: true)
                    exception.encode(to: &writer)
                case .systemException(let exception):
                    header.encode(to: &writer, body: true)
                    exception.encode(to: &writer)
                case .forward(let reference):
                    header.encode(to: &writer, body: true)
                    reference.encode(to: &writer)
                case .none: header.encode(to: &writer, body: false)
                }
                writer.endMessage()
            case .locateRequest(let request): request.encode(to: &writer)
            case .locateReply(let reply): reply.encode(to: &writer)
            case .cancelRequest, .headerOnly: break
            }
        }
    }
}

/// One record of a history, packed or not.
struct HistoryRecordShape: Equatable {
    var time: JSON
    var data: JSON
    var members: [String: JSON]

    /// The records of a packed history as recorded: `dates` oldest first, `value` newest first.
    static func unpacked(_ history: JSON) -> [HistoryRecordShape] {
        let dates = history["dates"]?.elements ?? []
        let value = history["value"]?["value"]?.elements ?? []
        var position = 0
        var records: [HistoryRecordShape] = []
        for index in dates.indices.reversed() {
            var members: [String: JSON] = [:]
            for name in ["quals", "r_dims", "w_dims", "dims", "errors"] {
                let runs = history["\(name)_array"]?.elements ?? []
                for (entry, run) in zip(history[name]?.elements ?? [], runs) {
                    let start = run["start"]?.integer ?? 0
                    if (start - (run["nb_elt"]?.integer ?? 0) + 1...start).contains(index) { members[name] = entry }
                }
            }
            var count = 0
            if members["errors"] == nil, members["quals"]?.text != "ATTR_INVALID" {
                for name in ["r_dims", "w_dims", "dims"] {
                    let x = members[name]?["dim_x"]?.integer ?? 0
                    let y = members[name]?["dim_y"]?.integer ?? 0
                    count += y == 0 ? x : x * y
                }
            }
            records.append(
                HistoryRecordShape(time: dates[index], data: .array(Array(value[position..<position + count])), members: members))
            position += count
        }
        return records.reversed()
    }

    init(time: JSON, data: JSON, members: [String: JSON]) {
        self.time = time
        self.data = data
        self.members = members
    }

    init(_ value: AttributeValue) {
        self.time = value.time.shape
        self.data = value.data == .none ? .array([]) : value.data.anyForm.valueShape
        self.members = [
            "quals": .string(value.quality.name), "r_dims": value.readDimension.shape, "w_dims": value.writeDimension.shape,
        ]
        if !value.errors.isEmpty { self.members["errors"] = .list(value.errors, \.shape) }
    }

    /// - Note: the size of a record is that of its result here: one element is a scalar.
    init(_ record: CommandHistoryRecord) {
        self.time = record.time.shape
        switch record.result.valueShape {
        case .array(let elements): self.data = .array(elements)
        case .null: self.data = .array([])
        case let scalar: self.data = .array([scalar])
        }
        self.members = ["dims": AttributeDimension(x: Int32(self.data.elements.count)).shape]
        if !record.errors.isEmpty { self.members = ["errors": .list(record.errors, \.shape)] }
    }
}
