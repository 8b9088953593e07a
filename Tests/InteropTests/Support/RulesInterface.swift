import TangoCore
import TangoServer

/// The members of class Rules, in the order of Scripts/peers/rules/rules_server.py.
enum RulesInterface {
    static let types: [(name: String, type: DataType)] = [
        ("boolean", .boolean), ("uchar", .uchar), ("short", .short), ("ushort", .ushort), ("long", .long), ("ulong", .ulong),
        ("long64", .long64), ("ulong64", .ulong64), ("float", .float), ("double", .double), ("string", .string), ("state", .state),
        ("enum", .enum), ("encoded", .encoded),
    ]

    private static let limits = [
        "min_value": "10", "max_value": "100", "min_alarm": "20", "max_alarm": "90", "min_warning": "30", "max_warning": "80",
        "delta_t": "100000000", "delta_val": "5", "abs_change": "1", "rel_change": "2", "archive_abs_change": "3",
        "archive_rel_change": "4",
    ]
    private static let texts = [
        "label": "User label", "doc": "User description", "unit": "V", "standard_unit": "1000", "display_unit": "mV", "period": "500",
        "archive_period": "5000",
    ]

    private static func format(_ type: DataType) -> String {
        switch type {
        case .float, .double: "%8.3f"
        case .string, .enum: "%10s"
        case .boolean, .state, .encoded: "%d"
        default: "%5d"
        }
    }

    static func access(_ text: String) -> AttributeWriteType {
        switch text {
        case "r": .read
        case "w": .write
        default: .readWrite
        }
    }

    /// Sets a property by the name it has in Python.
    static func set(_ name: String, _ text: String, in properties: inout AttributeDefaults) {
        let setting: AttributeSetting? =
            switch name {
            case "doc": .description
            case "period": .eventPeriod
            default: AttributeSetting(rawValue: name)
            }
        if let setting { properties[setting] = text }
    }

    private static func properties(_ given: [String: String], only names: [String]? = nil) -> AttributeDefaults {
        var properties = AttributeDefaults()
        for (name, text) in given where names?.contains(name) ?? true { Self.set(name, text, in: &properties) }
        return properties
    }

    static func attribute(
        _ name: String, _ type: DataType, _ format: AttributeFormat = .scalar, _ access: AttributeWriteType = .readWrite,
        memorization: Memorization = .none, properties: AttributeDefaults = AttributeDefaults(), level: DisplayLevel = .operator,
        isAllowed: AccessCheck? = nil
    ) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: type, format: format, access: access, maxDimX: format == .scalar ? 1 : format == .spectrum ? 5 : 4,
            maxDimY: format == .image ? 3 : 0, level: level, memorization: memorization,
            enumLabels: type == .enum ? ["LOW", "MIDDLE", "HIGH"] : [], properties: properties,
            reader: access == .write ? nil : .sync { call in try call.device(as: RulesDevice.self).reading(name) },
            writer: access == .read ? nil : .sync { call, write in try call.device(as: RulesDevice.self).write(name, write) },
            isAllowed: isAllowed)
    }

    static let attributes: [AttributeDefinition] = Self.ofEveryType + Self.special

    private static var ofEveryType: [AttributeDefinition] {
        let plain = Self.types.map { Self.attribute("\($0.name)_plain", $0.type) }
        let user = Self.types.map { kind in
            var properties = Self.properties(kind.type.isNumeric ? Self.texts.merging(Self.limits) { $1 } : Self.texts)
            properties[.displayFormat] = Self.format(kind.type)
            return Self.attribute("\(kind.name)_user", kind.type, properties: properties)
        }
        let others = Self.types.filter { $0.type != .encoded }.flatMap { kind in
            let limits = Self.properties(
                kind.type.isNumeric ? Self.limits : [:], only: ["min_value", "max_value", "min_alarm", "max_alarm"])
            let shaped = [
                Self.attribute("\(kind.name)_spec", kind.type, .spectrum, properties: limits),
                Self.attribute("\(kind.name)_image", kind.type, .image, properties: limits),
            ]
            guard kind.type != .state else { return shaped }
            return shaped + [
                Self.attribute("\(kind.name)_mem", kind.type, memorization: .memorized),
                Self.attribute("\(kind.name)_mem_init", kind.type, memorization: .memorizedWriteAtInit),
            ]
        }
        return plain + user + others
    }

    private static var special: [AttributeDefinition] {
        let range: AttributeDefaults = [.minValue: "-10", .maxValue: "10"]
        let alarms: AttributeDefaults = [.minAlarm: "20", .maxAlarm: "90"]
        let rds = Self.properties(["delta_t": "20", "delta_val": "5"])
        return [
            Self.attribute("limited_mem", .double, memorization: .memorized, properties: range),
            Self.attribute("limited_mem_init", .double, memorization: .memorizedWriteAtInit, properties: range),
            Self.attribute("write_mem", .double, .scalar, .write, memorization: .memorized),
            Self.attribute("write_mem_init", .double, .scalar, .write, memorization: .memorizedWriteAtInit),
            Self.attribute("write_only", .long, .scalar, .write),
            Self.attribute("write_string", .string, .scalar, .write),
            Self.attribute("write_spec", .double, .spectrum, .write),
            Self.attribute("read_only", .double, .scalar, .read, properties: Self.properties(Self.limits)),
            Self.attribute("read_plain", .long, .scalar, .read),
            Self.attribute("read_spec", .long, .spectrum, .read, properties: [.minWarning: "20", .maxWarning: "90"]),
            Self.attribute("read_image", .double, .image, .read, properties: alarms),
            Self.attribute("forbidden", .double, properties: alarms, isAllowed: { call, _ in call.context.state != .standby }),
            Self.attribute("forbidden_write", .double, isAllowed: { call, kind in kind == .read || call.context.state != .standby }),
            Self.attribute("never", .double, isAllowed: { _, _ in false }),
            Self.attribute("expert", .double, level: .expert),
            Self.attribute("rds", .double, properties: rds),
            Self.attribute("rds_spec", .long, .spectrum, properties: rds),
        ]
    }

    // MARK: - Values

    /// What is read before anything was written.
    static func initial(_ type: DataType, _ format: AttributeFormat) -> RulesDevice.Value {
        let (x, y): (Int32, Int32) = format == .scalar ? (1, 0) : format == .spectrum ? (3, 0) : (3, 2)
        let count = Int(x * max(y, 1))
        let data: AttributeData =
            switch type {
            case .boolean: .boolean(Array(repeating: false, count: count))
            case .string: .string(Array(repeating: "initial", count: count))
            case .state: .state(Array(repeating: .open, count: count))
            case .enum: .short(Array(repeating: 1, count: count))
            case .encoded: .encoded([DevEncoded(format: "RAW", data: Array("data".utf8))])
            default: Self.data(type, Array(repeating: "50", count: count)) ?? .none
            }
        return RulesDevice.Value(data: data, dimension: AttributeDimension(x: x, y: y))
    }

    /// Elements from texts; `nil` when one is wrong.
    static func data(_ type: DataType, _ texts: [String]) -> AttributeData? {
        func all<T>(_ make: (String) -> T?) -> [T]? {
            let made = texts.compactMap(make)
            return made.count == texts.count ? made : nil
        }
        return switch type {
        case .boolean: .boolean(texts.map { $0 == "true" })
        case .uchar: all(UInt8.init).map(AttributeData.uchar)
        case .short, .enum: all { Int16($0) }.map(AttributeData.short)
        case .ushort: all { UInt16($0) }.map(AttributeData.ushort)
        case .long: all { Int32($0) }.map(AttributeData.long)
        case .ulong: all { UInt32($0) }.map(AttributeData.ulong)
        case .long64: all { Int64($0) }.map(AttributeData.long64)
        case .ulong64: all { UInt64($0) }.map(AttributeData.ulong64)
        case .float: all { Float($0) }.map(AttributeData.float)
        case .double: all { Double($0) }.map(AttributeData.double)
        case .string: .string(texts)
        case .state: all { DevState(name: $0) }.map(AttributeData.state)
        case .encoded: .encoded([DevEncoded(format: texts[0], data: Array(texts[1].utf8))])
        default: nil
        }
    }

    // MARK: - Commands

    static let deviceClass = DeviceClass("Rules", RulesDevice.self, execution: .inline) {
        Self.attributes
        Self.arranging
        Self.ordinary
    }

    private static func texts(
        _ name: String, _ description: String, _ execute: @escaping @Sendable (RulesDevice, [String]) throws -> Void
    ) -> CommandDefinition {
        Command(name, of: RulesDevice.self, in: .stringArray, inDescription: description) { device, argument in
            if case .stringArray(let texts) = argument { try execute(device, texts) }
            return .void
        }.definition
    }

    private static var arranging: [CommandDefinition] {
        [
            Self.texts("SetValue", "attribute, columns, rows (0: not an image), elements...") { try $0.setValue($1) },
            Self.texts("SetQuality", "attribute, VALID|INVALID|ALARM|WARNING|CHANGING|NONE[, seconds]") { try $0.setQuality($1) },
            Self.texts("Fail", "attribute, what goes wrong: read|write|nothing|none") { $0.fail($1) },
            Command("FailHooks", of: RulesDevice.self, in: .long, inDescription: "how many of the next hooks fail") { device, argument in
                if case .long(let count) = argument { device.failHooks(count) }
                return .void
            }.definition,
            Self.texts("AddAttribute", "name, kind, scalar|spectrum|image, r|w|rw, option=value...") { try $0.addAttribute($1) },
            Self.texts("RemoveAttribute", "name, clean|keep: what the database has") { try $0.removeAttribute($1) },
            Self.texts("AddCommand", "name, type of argument, type of result, device|class") { try $0.addCommand($1) },
            Command("RemoveCommand", of: RulesDevice.self, in: .string) { device, argument in
                if case .string(let name) = argument { try device.removeCommand(name) }
                return .void
            }.definition,
        ]
    }

    private static var ordinary: [CommandDefinition] {
        [
            CommandDefinition(
                CommandInfo(name: "SetState", inType: .state, outType: .void),
                handler: .sync { call, argument in
                    if case .state(let state) = argument { call.context.setState(state) }
                    return .void
                }),
            CommandDefinition(
                CommandInfo(name: "SetStatus", inType: .string, outType: .void),
                handler: .sync { call, argument in
                    if case .string(let status) = argument { call.context.setStatus(status) }
                    return .void
                }),
            Command("Echo", of: RulesDevice.self, in: .double, out: .double, inDescription: "a number", outDescription: "the same") { $1 }
                .definition,
            Command("Forbidden", of: RulesDevice.self, in: .long, out: .long) { $1 }.notAllowed(in: .standby).definition,
            Command("Throw", of: RulesDevice.self) { _, _ in throw DevFailed("Rules_Command", "the command fails on purpose") }.definition,
        ]
    }
}
