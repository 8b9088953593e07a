import Foundation
package import TangoCore
import TangoServer

/// Scripted values of a twin, from a JSON file:
/// ```json
/// {
///   "state": ["ON", "MOVING"],
///   "attributes": {
///     "current": [1.0, 1.5, {"value": 9.5, "quality": "ATTR_ALARM"}, {"error": "PS_Broken", "description": "no current"}],
///     "wave": [[1, 2, 3], [3, 2, 1]],
///     "label": "constant"
///   },
///   "commands": { "Identify": "simulated" }
/// }
/// ```
/// Each read takes the next value of a list and begins anew at its end; the value of a spectrum is a list, that of an image a list of rows.
package struct MirrorScript: Sendable {
    /// A value of the file.
    indirect enum Value: Decodable, Sendable, Hashable {
        case bool(Bool)
        case integer(Int64)
        case unsigned(UInt64)
        case number(Double)
        case text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int64.self) {
                self = .integer(value)
            } else if let value = try? container.decode(UInt64.self) {
                self = .unsigned(value)
            } else if let value = try? container.decode(Double.self) {
                self = .number(value)
            } else if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode([Value].self) {
                self = .list(value)
            } else {
                self = .object(try container.decode([String: Value].self))
            }
        }
    }

    private struct File: Decodable {
        var state: Value?
        var attributes: [String: Value]?
        var commands: [String: Value]?
    }

    /// States in turn.
    package let states: [DevState]
    private let attributes: [String: Value]
    private let commands: [String: Value]

    /// - Throws: `API_InvalidArgs` when the file cannot be read or is not of that form.
    package init(contentsOf path: String) throws(DevFailed) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DevFailed(.invalidArguments, "Cannot read \(path)", origin: "MirrorScript")
        }
        try self.init(data, name: path)
    }

    init(_ data: Data, name: String) throws(DevFailed) {
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch {
            throw Self.wrong(name, "is not a JSON object with state, attributes, commands")
        }
        var states: [DevState] = []
        for value in Self.steps(file.state) {
            guard case .text(let text) = value, let state = DevState(name: text) else {
                throw Self.wrong(name, "state must be the name of a state, or a list of names")
            }
            states.append(state)
        }
        self.states = states
        self.attributes = Dictionary((file.attributes ?? [:]).map { ($0.key.tangoFolded, $0.value) }, uniquingKeysWith: { $1 })
        self.commands = Dictionary((file.commands ?? [:]).map { ($0.key.tangoFolded, $0.value) }, uniquingKeysWith: { $1 })
    }

    private static func wrong(_ name: String, _ text: String) -> DevFailed {
        DevFailed(.invalidArguments, "\(name): \(text)", origin: "MirrorScript")
    }

    private static func steps(_ value: Value?) -> [Value] {
        switch value {
        case nil: []
        case .list(let values)?: values
        case let value?: [value]
        }
    }

    // MARK: - Attributes

    /// The values of an attribute in turn; `nil` when the script has none.
    /// - Throws: `API_InvalidArgs` when one does not fit the attribute.
    func readings(of config: AttributeConfig) throws(DevFailed) -> [Result<AttributeReading, DevFailed>]? {
        guard let value = self.attributes[config.name.tangoFolded] else { return nil }
        let depth = config.format == .image ? 2 : config.format == .spectrum ? 1 : 0
        let steps = Self.depth(of: value) > depth || Self.isObjectList(value) ? Self.steps(value) : [value]
        var readings: [Result<AttributeReading, DevFailed>] = []
        for step in steps { readings.append(try Self.reading(step, config)) }
        return readings.isEmpty ? nil : readings
    }

    private static func isObjectList(_ value: Value) -> Bool {
        guard case .list(let values) = value else { return false }
        return values.contains { if case .object = $0 { true } else { false } }
    }

    /// How deep lists are nested.
    private static func depth(of value: Value) -> Int {
        guard case .list(let values) = value else { return 0 }
        return 1 + (values.map { Self.depth(of: $0) }.max() ?? 0)
    }

    private static func reading(_ value: Value, _ config: AttributeConfig) throws(DevFailed) -> Result<AttributeReading, DevFailed> {
        func unfit() -> DevFailed { Self.wrong(config.name, "a scripted value does not fit its type or shape") }
        var value = value
        var quality = AttributeQuality.valid
        if case .object(let fields) = value {
            if case .text(let reason)? = fields["error"] {
                let text = if case .text(let text)? = fields["description"] { text } else { "scripted failure" }
                return .failure(DevFailed(ErrorReason(rawValue: reason), text, origin: config.name))
            }
            if case .text(let name)? = fields["quality"] {
                guard let named = AttributeQuality.allCases.first(where: { $0.name == name.uppercased() }) else {
                    throw Self.wrong(config.name, "there is no quality \(name)")
                }
                quality = named
            }
            if quality == .invalid { return .success(.invalid) }
            guard let inner = fields["value"] else { throw unfit() }
            value = inner
        }
        let elements: [Value]
        let dimension: AttributeDimension
        switch (config.format, value) {
        case (.spectrum, .list(let values)):
            elements = values
            dimension = AttributeDimension(x: Int32(clamping: values.count))
        case (.image, .list(let rows)):
            var all: [Value] = []
            var width: Int?
            for row in rows {
                guard case .list(let values) = row, width ?? values.count == values.count else { throw unfit() }
                width = values.count
                all += values
            }
            elements = all
            dimension = AttributeDimension(x: Int32(clamping: width ?? 0), y: Int32(clamping: rows.count))
        case (.scalar, _):
            elements = [value]
            dimension = .scalar
        default: throw unfit()
        }
        guard dimension.x <= config.maxDimX, dimension.y <= max(0, config.maxDimY), let type = config.type,
            let data = Self.data(elements, type, config.enumLabels)
        else { throw unfit() }
        return .success(AttributeReading(data, dimension: dimension, quality: quality))
    }

    private static func data(_ elements: [Value], _ type: DataType, _ labels: [String]) -> AttributeData? {
        func all<T>(_ convert: (Value) -> T?) -> [T]? {
            let values = elements.compactMap(convert)
            return values.count == elements.count ? values : nil
        }
        switch type {
        case .boolean: return all(\.bool).map { .boolean($0) }
        case .short: return all { $0.integer(Int16.self) }.map { .short($0) }
        case .long: return all { $0.integer(Int32.self) }.map { .long($0) }
        case .long64: return all { $0.integer(Int64.self) }.map { .long64($0) }
        case .uchar: return all { $0.integer(UInt8.self) }.map { .uchar($0) }
        case .ushort: return all { $0.integer(UInt16.self) }.map { .ushort($0) }
        case .ulong: return all { $0.integer(UInt32.self) }.map { .ulong($0) }
        case .ulong64: return all { $0.integer(UInt64.self) }.map { .ulong64($0) }
        case .float: return all { $0.number.map { Float($0) } }.map { .float($0) }
        case .double: return all(\.number).map { .double($0) }
        case .string: return all(\.text).map { .string($0) }
        case .state: return all { $0.text.flatMap { DevState(name: $0) } }.map { .state($0) }
        case .enum:
            return all { value in
                value.integer(Int16.self) ?? value.text.flatMap { text in labels.firstIndex(of: text).map { Int16(clamping: $0) } }
            }.map { .short($0) }
        default: return nil
        }
    }

    // MARK: - Commands

    /// The answer of a command; `nil` when the script has none.
    /// - Throws: `API_InvalidArgs` when it is not of the command's type.
    func answer(of command: CommandInfo) throws(DevFailed) -> CommandData? {
        guard let value = self.commands[command.name.tangoFolded] else { return nil }
        guard let type = command.outType, let data = Self.command(value, type) else {
            throw Self.wrong(command.name, "the scripted answer is not of type \(command.outType?.name ?? "?")")
        }
        return data
    }

    private static func command(_ value: Value, _ type: DataType) -> CommandData? {
        func list<T>(_ convert: (Value) -> T?) -> [T]? {
            guard case .list(let elements) = value else { return nil }
            let values = elements.compactMap(convert)
            return values.count == elements.count ? values : nil
        }
        switch type {
        case .boolean: return value.bool.map { .boolean($0) }
        case .short, .enum: return value.integer(Int16.self).map { .short($0) }
        case .long: return value.integer(Int32.self).map { .long($0) }
        case .long64: return value.integer(Int64.self).map { .long64($0) }
        case .uchar: return value.integer(UInt8.self).map { .uchar($0) }
        case .ushort: return value.integer(UInt16.self).map { .ushort($0) }
        case .ulong: return value.integer(UInt32.self).map { .ulong($0) }
        case .ulong64: return value.integer(UInt64.self).map { .ulong64($0) }
        case .float: return value.number.map { .float(Float($0)) }
        case .double: return value.number.map { .double($0) }
        case .string, .constString: return value.text.map { .string($0) }
        case .state: return value.text.flatMap { DevState(name: $0) }.map { .state($0) }
        case .booleanArray: return list(\.bool).map { .booleanArray($0) }
        case .charArray: return list { $0.integer(UInt8.self) }.map { .charArray($0) }
        case .shortArray: return list { $0.integer(Int16.self) }.map { .shortArray($0) }
        case .longArray: return list { $0.integer(Int32.self) }.map { .longArray($0) }
        case .long64Array: return list { $0.integer(Int64.self) }.map { .long64Array($0) }
        case .ushortArray: return list { $0.integer(UInt16.self) }.map { .ushortArray($0) }
        case .ulongArray: return list { $0.integer(UInt32.self) }.map { .ulongArray($0) }
        case .ulong64Array: return list { $0.integer(UInt64.self) }.map { .ulong64Array($0) }
        case .floatArray: return list { $0.number.map { Float($0) } }.map { .floatArray($0) }
        case .doubleArray: return list(\.number).map { .doubleArray($0) }
        case .stringArray: return list(\.text).map { .stringArray($0) }
        case .stateArray: return list { $0.text.flatMap { DevState(name: $0) } }.map { .stateArray($0) }
        default: return nil
        }
    }
}

extension MirrorScript.Value {
    fileprivate var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    fileprivate var text: String? { if case .text(let value) = self { value } else { nil } }

    fileprivate var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .unsigned(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    fileprivate func integer<T: FixedWidthInteger>(_ type: T.Type) -> T? {
        switch self {
        case .integer(let value): T(exactly: value)
        case .unsigned(let value): T(exactly: value)
        case .number(let value): T(exactly: value)
        default: nil
        }
    }
}
