import TangoCore
import TangoServer

/// An attribute of `EventTarget`: what it is, and the value it has at first.
struct TargetAttribute: Sendable {
    let definition: AttributeDefinition
    let initial: AttributeReading

    private init(
        _ name: String, _ type: DataType, _ data: AttributeData, _ events: EventSupport = EventSupport(), format: AttributeFormat = .scalar,
        maxDimX: Int32 = 1, maxDimY: Int32 = 0, labels: [String] = []
    ) {
        self.definition = AttributeDefinition(
            name: name, type: type, format: format, maxDimX: maxDimX, maxDimY: maxDimY, enumLabels: labels,
            reader: .sync { call in try call.device(as: EventTarget.self).read(call.name) }, events: events)
        let dimension = AttributeDimension(x: Int32(data.count), y: format == .image ? 1 : 0)
        self.initial = AttributeReading(data, dimension: dimension)
    }

    static let all: [TargetAttribute] = {
        var pushed = EventSupport()
        (pushed.change, pushed.archive, pushed.dataReady) = (.always, .always, true)
        var withAlarms = pushed
        withAlarms.alarm = .always
        var checked = pushed
        (checked.change, checked.archive) = (.detected, .detected)
        let longest: Int32 = 1_000_000
        return [
            TargetAttribute("PushScalar", .double, .double([0]), withAlarms),
            TargetAttribute("PushLong", .long, .long([0]), pushed),
            TargetAttribute("PushBoolean", .boolean, .boolean([false]), pushed),
            TargetAttribute("PushString", .string, .string([""]), pushed),
            TargetAttribute("PushState", .state, .state([.on]), pushed),
            TargetAttribute("PushEnum", .enum, .short([0]), pushed, labels: ["LOW", "MIDDLE", "HIGH"]),
            TargetAttribute("PushEncoded", .encoded, .encoded([DevEncoded(format: "", data: [])]), pushed),
            TargetAttribute("PushSpectrum", .double, .double([]), pushed, format: .spectrum, maxDimX: longest),
            TargetAttribute("PushStrings", .string, .string([]), pushed, format: .spectrum, maxDimX: longest),
            TargetAttribute("PushImage", .long, .long([0]), pushed, format: .image, maxDimX: 1000, maxDimY: 1000),
            TargetAttribute("CheckScalar", .double, .double([0]), checked),
            TargetAttribute("CheckSpectrum", .double, .double([]), checked, format: .spectrum, maxDimX: longest),
            TargetAttribute("CheckString", .string, .string([""]), checked),
            TargetAttribute("Polled", .double, .double([0])), TargetAttribute("Silent", .double, .double([0])),
        ]
    }()

    /// Reads the text of a value: elements are separated by commas, rows by semicolons.
    /// - Throws: `EventTarget_WrongValue`.
    func reading(_ text: String) throws -> AttributeReading {
        let type = self.definition.type
        switch self.definition.format {
        case .scalar: return AttributeReading(try Self.data([text], type), dimension: .scalar)
        case .image:
            let rows = text.isEmpty ? [] : text.split(separator: ";", omittingEmptySubsequences: false).map { Self.elements(String($0)) }
            let width = rows.first?.count ?? 0
            guard rows.allSatisfy({ $0.count == width }) else { throw Self.wrong(text) }
            return AttributeReading(
                try Self.data(rows.flatMap(\.self), type), dimension: AttributeDimension(x: Int32(width), y: Int32(rows.count)))
        default:
            return AttributeReading(try Self.data(text.isEmpty ? [] : Self.elements(text), type))
        }
    }

    private static func elements(_ text: String) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    private static func wrong(_ text: String) -> DevFailed {
        DevFailed("EventTarget_WrongValue", "\(text) is no value", origin: "EventTarget")
    }

    private static func data(_ texts: [String], _ type: DataType) throws -> AttributeData {
        func all<T>(_ parse: (String) -> T?) throws -> [T] {
            try texts.map { text in
                guard let value = parse(text) else { throw Self.wrong(text) }
                return value
            }
        }
        return switch type {
        case .double: .double(try all { Double($0) })
        case .long: .long(try all { Int32($0) })
        case .enum: .short(try all { Int16($0) })
        case .boolean: .boolean(try all { Bool($0.lowercased()) })
        case .state: .state(try all { text in DevState.allCases.first { $0.name == text.uppercased() } })
        case .encoded:
            .encoded(
                try all { text in
                    guard let colon = text.firstIndex(of: ":") else { return nil }
                    return DevEncoded(format: String(text[..<colon]), data: Array(text[text.index(after: colon)...].utf8))
                })
        default: .string(texts)
        }
    }
}
