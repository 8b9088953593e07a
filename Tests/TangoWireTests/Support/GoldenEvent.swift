import TangoCore
import Testing

@testable import TangoWire

/// One recorded ZeroMQ message.
struct GoldenEvent {
    let name: String
    let frames: [[UInt8]]
    let decoded: JSON
    private let padding: [Int: [Range<Int>]]

    init(_ vector: JSON) throws {
        self.name = try #require(vector["name"]?.text)
        self.frames = try #require(vector["frames"]).elements.map { try #require($0.text).unhexed() }
        self.decoded = try #require(vector["decoded"])
        func ranges(_ key: String) -> [Range<Int>] {
            (vector[key]?.elements ?? []).compactMap { pair in
                let bounds = pair.elements.compactMap(\.integer)
                return bounds.count == 2 ? bounds[0]..<(bounds[0] + bounds[1]) : nil
            }
        }
        // The padding after the empty method name is not listed in all recordings.
        self.padding = [2: ranges("call_info_padding") + [13..<16], 3: ranges("data_padding")]
    }

    /// The bytes of a frame with padding set to zero.
    func masked(_ frame: [UInt8], _ index: Int) -> [UInt8] {
        var bytes = frame
        for offset in (self.padding[index] ?? []).joined() where offset < bytes.count { bytes[offset] = 0 }
        return bytes
    }

    /// Every file of ZeroMQ messages with the number of its events and heartbeats.
    static let files = ["zmq_cpp_server": 24, "zmq_py_server": 18]

    static func all(_ file: String) throws -> [GoldenEvent] {
        try Golden.vectors(file).filter { $0["transport"]?.text == "zmq" }.map { try GoldenEvent($0) }
    }

    static func all() throws -> [GoldenEvent] { try self.files.keys.sorted().flatMap { try self.all($0) } }

    /// The structure that the recording names.
    var layout: EventPayload.Layout? {
        switch self.decoded["data_type"]?.text {
        case "AttributeValue_4": .value(version: 4)
        case "AttributeValue_5": .value(version: 5)
        case "AttributeConfig_3": .attributeConfig(version: 3)
        case "AttributeConfig_5": .attributeConfig(version: 5)
        case "AttDataReady": .dataReady
        case "DevIntrChange": .interfaceChange
        case "DevPipeData": .pipe
        default: nil
        }
    }
}

extension EventPayload {
    /// The content with the field names of the interface definition.
    func shape(version: Int) -> JSON {
        switch self {
        case .value(let value): value.shape(version: version)
        case .attributeConfig(let config): config.shape(version: version)
        case .dataReady(let announcement):
            .members(
                ("name", .string(announcement.attribute)), ("data_type", .whole(announcement.typeNumber)),
                ("ctr", .whole(announcement.counter)))
        case .interfaceChange(let change):
            .members(
                ("dev_started", .boolean(change.isDeviceStarted)), ("cmds", .list(change.commands) { $0.shape(version: 2) }),
                ("atts", .list(change.attributes) { $0.shape(version: 5) }))
        case .pipe(let value): value.shape
        case .failure(let failure): .list(failure.errors, \.shape)
        }
    }
}

extension EventPayload.Layout {
    /// Interface version of its structure.
    var version: Int {
        switch self {
        case .value(let version), .attributeConfig(let version): version
        case .dataReady, .interfaceChange, .pipe: 5
        }
    }
}
