import NIOCore
import TangoCore
import TangoWire

/// Hands bytes to every decoder of the codec and encodes again what they make of them. Nothing may trap, whatever the bytes.
package enum WireExercise {
    /// - Returns: how many values were decoded.
    @discardableResult
    package static func run(_ bytes: [UInt8]) -> Int {
        var decoded = 0
        var splitter = MessageSplitter(maximumMessageSize: 1 << 20)
        splitter.append(ByteBuffer(bytes: bytes))
        while let message = try? splitter.next() { decoded += Self.message(message.header, Array(buffer: message.bytes)) }
        // A message whose size was hit as well: the splitter waits, the decoders must not.
        if let header = try? MessageHeader(bytes.span.bytes) { decoded += Self.message(header, bytes) }
        for isLittleEndian in [true, false] {
            var reader = CDRReader(bytes.span.bytes, isLittleEndian: isLittleEndian)
            if let data = try? CommandData(any: &reader) { decoded += Self.encoded { data.encodeAny(to: &$0) } }
            var other = CDRReader(bytes.span.bytes, position: 1, isLittleEndian: isLittleEndian)
            if let reference = try? IOR(&other) { decoded += Self.encoded { reference.encode(to: &$0) } }
        }
        decoded += Self.event(bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        if let topic = EventTopic(parsing: text), EventTopic(parsing: topic.description) == topic { decoded += 1 }
        if (try? IOR(parsing: text)) != nil { decoded += 1 }
        if (try? Corbaloc(parsing: text)) != nil { decoded += 1 }
        return decoded
    }

    private static func message(_ header: MessageHeader, _ bytes: [UInt8]) -> Int {
        var reader = CDRReader(bytes.span.bytes, position: MessageHeader.size, isLittleEndian: header.isLittleEndian)
        switch header.type {
        case .request:
            guard let request = try? RequestHeader(header, &reader), case .known(let operation) = request.operation else { return 0 }
            return Self.call(operation, bytes, reader.position, header.isLittleEndian)
        case .reply:
            guard let reply = try? ReplyHeader(header, &reader) else { return 0 }
            switch reply.status {
            case .noException:
                // A reply does not tell what it answers, so it answers everything.
                return Operation.allCases.reduce(0) { $0 + Self.result($1, bytes, reader.position, header.isLittleEndian) }
            case .userException:
                guard let exception = try? UserException(&reader) else { return 0 }
                return Self.encoded { exception.encode(to: &$0) }
            case .systemException: return (try? SystemException(&reader)) == nil ? 0 : 1
            default: return (try? IOR(&reader)) == nil ? 0 : 1
            }
        case .locateRequest: return (try? LocateRequest(header, &reader)) == nil ? 0 : 1
        case .locateReply: return (try? LocateReply(header, &reader)) == nil ? 0 : 1
        case .cancelRequest, .closeConnection, .messageError, .fragment: return 0
        }
    }

    private static func call(_ operation: Operation, _ bytes: [UInt8], _ position: Int, _ isLittleEndian: Bool) -> Int {
        var reader = CDRReader(bytes.span.bytes, position: position, isLittleEndian: isLittleEndian)
        guard let call = try? DeviceCall(operation, &reader) else { return 0 }
        return Self.encoded { call.encode(to: &$0) }
    }

    private static func result(_ operation: Operation, _ bytes: [UInt8], _ position: Int, _ isLittleEndian: Bool) -> Int {
        var reader = CDRReader(bytes.span.bytes, position: position, isLittleEndian: isLittleEndian)
        guard let result = try? DeviceResult(operation, &reader) else { return 0 }
        return Self.encoded { result.encode(for: operation, to: &$0) }
    }

    /// The bytes as every frame of an event.
    private static func event(_ bytes: [UInt8]) -> Int {
        let layouts: [EventPayload.Layout] = [
            .value(version: 3), .value(version: 4), .value(version: 5), .attributeConfig(version: 2), .attributeConfig(version: 3),
            .attributeConfig(version: 5), .dataReady, .interfaceChange, .pipe,
        ]
        var decoded = (try? EventMessage(EventFrames([bytes, [1], bytes, bytes]))) == nil ? 0 : 1
        for isLittleEndian in [true, false] {
            for isError in [false, true] {
                for layout in layouts {
                    guard
                        let payload = try? EventPayload(bytes.span.bytes, isLittleEndian: isLittleEndian, isError: isError, layout: layout)
                    else { continue }
                    decoded += payload.encoded(version: 5).readableBytes > 0 ? 1 : 0
                }
            }
        }
        return decoded
    }

    private static func encoded(_ body: (inout CDRWriter) -> Void) -> Int {
        var writer = CDRWriter()
        body(&writer)
        return writer.count >= 0 ? 1 : 0
    }
}
