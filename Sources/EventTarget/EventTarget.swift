import TangoCore
import TangoServer

/// A device whose events its clients control: every kind, on command.
final class EventTarget: Device {
    /// How the attribute Polled is read.
    enum Mode {
        case ok
        case error(String)
        case quality(AttributeQuality)
    }

    let context: DeviceContext
    /// By name in lower case.
    private var values: [String: AttributeReading] = [:]
    private var mode = Mode.ok

    init(context: DeviceContext) { self.context = context }

    func initialize() {
        for attribute in TargetAttribute.all { self.values[attribute.definition.name.lowercased()] = attribute.initial }
        self.mode = .ok
        self.context.setState(.on)
    }

    static let deviceClass = DeviceClass("EventTarget", EventTarget.self, execution: .blocking, documentation: [:]) {
        TargetAttribute.all.map(\.definition)
        EventTarget.valueCommands
        EventTarget.pushCommands
        EventTarget.memberCommands
        DevicePipe("EventPipe").read { _ in EventTarget.blob(count: 0, label: "read") }
    }

    static func blob(count: Int32, label: String) -> [PipeElement] { [PipeElement("count", count), PipeElement("label", label)] }

    // MARK: - Values

    func read(_ name: String) throws -> AttributeReading {
        guard let value = self.values[name.lowercased()] else { throw Self.unknown(name) }
        guard name == "Polled" else { return value }
        switch self.mode {
        case .ok: return value
        case .error(let reason): throw DevFailed(ErrorReason(rawValue: reason), "as asked for", origin: "EventTarget")  // lint: quoted
        case .quality(.invalid): return .invalid
        case .quality(let quality): return AttributeReading(value.data, dimension: value.dimension, quality: quality)
        }
    }

    /// Stores a value.
    /// - Returns: it.
    func store(_ name: String, _ text: String) throws -> AttributeReading {
        guard let attribute = TargetAttribute.all.first(where: { $0.definition.name.lowercased() == name.lowercased() }) else {
            throw Self.unknown(name)
        }
        let reading = try attribute.reading(text)
        self.values[name.lowercased()] = reading
        return reading
    }

    func setMode(_ text: String) throws {
        switch text {
        case "ok": self.mode = .ok
        case "invalid": self.mode = .quality(.invalid)
        case "changing": self.mode = .quality(.changing)
        default:
            guard text.hasPrefix("error:") else { throw Self.wrong(text) }
            self.mode = .error(String(text.dropFirst("error:".count)))
        }
    }

    static func unknown(_ name: String) -> DevFailed { DevFailed(.attributeNotFound, "\(name) attribute not found", origin: "EventTarget") }
    static func wrong(_ text: String) -> DevFailed {
        DevFailed("EventTarget_WrongArgument", "'\(text)' is not known", origin: "EventTarget")
    }
}
