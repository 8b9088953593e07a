import Synchronization
import TangoCore

/// One attribute of one device: its definition, its configuration and its set value.
final class AttributeRuntime: Sendable {
    private struct State {
        var config: AttributeConfig
        var limits = AttributeLimits()
        var properties: AttributePropertySource
        /// What the wrong configuration in the database makes every read and write fail with.
        var configurationError: DevFailed?
        var setData: AttributeData
        var setDimension: AttributeDimension
    }

    let definition: AttributeDefinition
    let name: String
    private let deviceName: String
    private let state: Mutex<State>

    init(_ definition: AttributeDefinition, deviceName: String, properties: AttributePropertySource) {
        self.definition = definition
        self.name = definition.name
        self.deviceName = deviceName
        var config = AttributeConfig(
            name: definition.name, writable: definition.access, format: definition.format, typeNumber: definition.type.rawValue,
            isMemorized: definition.memorization != .none, isMemorizedWriteAtInit: definition.memorization == .memorizedWriteAtInit,
            maxDimX: definition.maxDimX, maxDimY: definition.format == .image ? definition.maxDimY : 0, level: definition.level)
        switch definition.access {
        case .readWrite: config.writableAttributeName = definition.name
        case .readWithWrite: config.writableAttributeName = definition.writeAttributeName ?? "None"
        case .read, .write, .unknown: break
        }
        config.enumLabels = definition.enumLabels
        var state = State(
            config: config, properties: properties, setData: Self.initialSetData(definition.type), setDimension: .scalar)
        for setting in AttributeSetting.allCases {
            setting.set(Self.resolved(setting, definition, properties), in: &state.config)
        }
        if definition.type == .enum, let labels = properties.device["enum_labels"] ?? properties.deviceClass["enum_labels"], !labels.isEmpty
        {
            state.config.enumLabels = labels
        }
        if definition.memorization != .none, let text = properties.device["__value"]?.first,
            let data = AttributeData(text: text, type: definition.type)
        {
            state.setData = data
        }
        do {
            state.limits = try AttributeLimits(state.config, device: deviceName)
            try Self.checkLabels(state.config, device: deviceName)
        } catch {
            state.configurationError = DevFailed(
                .attributeConfiguration, "\n" + error.reasonDescription, origin: "Attribute::check_startup_exceptions")
        }
        self.state = Mutex(state)
    }

    /// Device in the database, then class in the database, then the class's code, then the library (measured precedence).
    private static func resolved(
        _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource
    ) -> String {
        properties.device[setting.rawValue]?.stored ?? Self.inherited(setting, definition, properties)
    }

    private static func inherited(
        _ setting: AttributeSetting, _ definition: AttributeDefinition, _ properties: AttributePropertySource
    ) -> String {
        properties.deviceClass[setting.rawValue]?.stored ?? Self.coded(setting, definition)
    }

    private static func coded(_ setting: AttributeSetting, _ definition: AttributeDefinition) -> String {
        setting.userDefault(definition.properties) ?? setting.libraryDefault(definition)
    }

    private static func checkLabels(_ config: AttributeConfig, device: String) throws(DevFailed) {
        guard config.type == .enum else { return }
        guard !config.enumLabels.isEmpty else {
            throw DevFailed(
                .attributeProperty, "Device \(device)- Attribute : \(config.name)- No value defined for the property enum_labels",
                origin: "Attribute::set_enum_labels")
        }
        var seen: Set<String> = []
        for label in config.enumLabels where !seen.insert(label).inserted {
            throw DevFailed(
                .attributeProperty, "Enumeration for attribute \(config.name) has two similar labels (\(label), \(label))",
                origin: "Attribute::set_enum_labels")
        }
    }

    var config: AttributeConfig { self.state.withLock { $0.config } }
    var configurationError: DevFailed? { self.state.withLock { $0.configurationError } }
    var setValue: (data: AttributeData, dimension: AttributeDimension) { self.state.withLock { ($0.setData, $0.setDimension) } }

    func store(_ write: AttributeWrite) {
        self.state.withLock { state in
            state.setData = write.data
            state.setDimension = write.dimension
        }
    }

    /// Set value before the first write (measured).
    private static func initialSetData(_ type: DataType) -> AttributeData {
        switch type {
        case .boolean: .boolean([true])
        case .short, .enum: .short([0])
        case .long: .long([0])
        case .long64: .long64([0])
        case .float: .float([0])
        case .double: .double([0])
        case .uchar: .uchar([0])
        case .ushort: .ushort([0])
        case .ulong: .ulong([0])
        case .ulong64: .ulong64([0])
        case .string: .string(["Not initialised"])
        case .state: .state([.unknown])
        case .encoded: .encoded([DevEncoded(format: "Not initialised", data: [])])
        default: .none
        }
    }

    // MARK: - Reading

    /// The value a client gets from what the read handler answered.
    /// - Parameter setSource: the attribute whose set value is shown (`READ_WITH_WRITE`), else itself.
    func value(from reading: AttributeReading?, setSource: AttributeRuntime?) -> AttributeValue {
        let now = reading?.time ?? .now
        if self.definition.access == .write {
            let set = self.setValue
            return AttributeValue(
                name: self.name, data: set.data, quality: reading?.quality ?? .valid, format: self.definition.format,
                type: self.definition.type, time: now, readDimension: set.dimension, writeDimension: set.dimension)
        }
        guard let reading else {
            return self.failed(
                DevFailed(
                    .attributeValueNotSet, "Read value for attribute \(self.name) has not been updated", origin: "Device::read_attributes"))
        }
        if reading.quality == .invalid {
            return AttributeValue(
                name: self.name, data: .none, quality: .invalid, format: self.definition.format, type: self.definition.type, time: now,
                readDimension: .zero)
        }
        let fits =
            reading.dimension.x <= self.definition.maxDimX && reading.dimension.y <= max(0, self.definition.maxDimY)
            && reading.dimension.x >= 0 && reading.dimension.y >= 0
        guard fits, reading.data.count == reading.dimension.elementCount else {
            return self.failed(
                DevFailed(.attributeProperty, "Data size for attribute \(self.name) exceeds given limit", origin: "Attribute::set_value"))
        }
        var value = AttributeValue(
            name: self.name, data: reading.data, quality: reading.quality, format: self.definition.format, type: self.definition.type,
            time: now, readDimension: reading.dimension)
        let (limits, setData, setDimension) = self.state.withLock { ($0.limits, $0.setData, $0.setDimension) }
        if value.quality == .valid, limits.hasAlarms { value.quality = limits.quality(of: reading.data) }
        if let setSource {
            let set = setSource === self ? (data: setData, dimension: setDimension) : setSource.setValue
            value.data = reading.data.appending(set.data)
            value.writeDimension = set.dimension
        }
        return value
    }

    /// A failed read: format and type unknown, as both incumbents send it.
    func failed(_ failure: DevFailed, asked name: String? = nil) -> AttributeValue {
        AttributeValue(name: name ?? self.name, failure: failure, time: .now)
    }

    // MARK: - Writing

    /// Checks what a client wants to write, in the incumbents' order, and returns it in the shape handlers get.
    func checked(_ value: AttributeValue, allowsNaN: Bool) throws(DevFailed) -> AttributeWrite {
        let definition = self.definition
        let origin = "WAttribute::check_written_value"
        guard definition.access.isWritable else {
            throw DevFailed(.attributeNotWritable, "Attribute \(self.name) is not writable", origin: "Device::write_attributes")
        }
        var dimension = value.writeDimension
        if definition.format != .scalar {
            guard dimension.x <= definition.maxDimX, dimension.x >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "X dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
            guard dimension.y <= (definition.format == .image ? definition.maxDimY : 0), dimension.y >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "Y dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
        }
        if let error = self.configurationError { throw error }
        guard value.data.elementType == (definition.type == .enum ? .short : definition.type) else {
            throw DevFailed(
                .incompatibleAttributeType,
                "Incompatible attribute type, expected type is : Tango::\(definition.type.arrayType?.name ?? definition.type.name) (even for single value)",
                origin: origin)
        }
        var data = value.data
        if definition.format == .scalar {
            guard data.count >= 1 else { throw DevFailed(.incorrectDataNumber, "Incorrect data number", origin: origin) }
            data = data.slice(0..<1)
            dimension = .scalar
        } else {
            guard data.count == dimension.elementCount else {
                throw DevFailed(.incorrectDataNumber, "Incorrect data number", origin: origin)
            }
        }
        try self.checkRange(data, allowsNaN: allowsNaN)
        return AttributeWrite(name: self.name, data: data, dimension: dimension)
    }

    private func checkRange(_ data: AttributeData, allowsNaN: Bool) throws(DevFailed) {
        let origin = "WAttribute::check_written_value"
        switch data {
        case .double(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .float(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .short(let values) where self.definition.type == .enum:
            let highest = self.state.withLock { $0.config.enumLabels.count } - 1
            if let index = values.firstIndex(where: { $0 < 0 || Int($0) > highest }) {
                throw DevFailed(
                    .writeOutsideLimit,
                    "Set value for attribute \(self.name) is negative or above the maximun authorized (\(highest)) for at least element \(index)",
                    origin: origin)
            }
        default: break
        }
        let limits = self.state.withLock { $0.limits }
        guard limits.hasRange, let numbers = data.doubles else { return }
        for (index, number) in numbers.enumerated() {
            if let low = limits.minValue, number < low {
                throw DevFailed(
                    .writeOutsideLimit, "Set value for attribute \(self.name) is below the minimum authorized (at least element \(index))",
                    origin: origin)
            }
            if let high = limits.maxValue, number > high {
                throw DevFailed(
                    .writeOutsideLimit, "Set value for attribute \(self.name) is above the maximum authorized (at least element \(index))",
                    origin: origin)
            }
        }
    }

    private func refuseNaN(_ index: Int?) throws(DevFailed) {
        guard let index else { return }
        throw DevFailed(
            .writeOutsideLimit, "Set value for attribute \(self.name) is a NaN or INF value (at least element \(index))",
            origin: "WAttribute::check_written_value")
    }

    // MARK: - Configuration

    /// A change of the database that a new configuration needs; `nil` deletes the property of the device.
    typealias PropertyChange = (name: String, values: [String]?)

    /// Takes a new configuration: texts with Tango's special values (measured rules of 12.3), refused as a whole when one is wrong.
    /// - Returns: what the database should be told.
    func setConfig(_ new: AttributeConfig) throws(DevFailed) -> [PropertyChange] {
        let old = self.config
        try self.refuseUnchangeable(old, new)
        let isText = self.definition.type == .string || self.definition.type == .boolean || self.definition.type == .state
        let properties = self.state.withLock { $0.properties }
        var config = old
        var changes: [PropertyChange] = []
        for setting in AttributeSetting.allCases {
            let sent = setting.value(in: new)
            guard sent != setting.value(in: old), !self.isBuiltIn || setting.isEventSetting else { continue }
            if isText,
                setting == .absoluteChange || setting == .relativeChange || setting == .archiveAbsoluteChange
                    || setting == .archiveRelativeChange
            {
                continue
            }
            let inherited = Self.inherited(setting, self.definition, properties)
            let value: String
            let isExplicit: Bool
            switch sent.lowercased() {
            case "":
                value = Self.coded(setting, self.definition)
                isExplicit = value != inherited
            case "nan":
                value = inherited
                isExplicit = false
            case "not specified":
                value = setting.libraryDefault(self.definition)
                isExplicit = value != inherited
            default:
                value = try self.normalised(sent, setting)
                isExplicit = value != inherited
            }
            setting.set(value, in: &config)
            changes.append((setting.rawValue, isExplicit ? [value] : nil))
        }
        if self.definition.type == .enum, new.enumLabels != old.enumLabels {
            let labels = new.enumLabels.first?.isEmpty == false ? new.enumLabels : self.definition.enumLabels
            guard labels.count == old.enumLabels.count else {
                throw DevFailed(
                    .notSupportedFeature,
                    "Device \(self.deviceName)-> Attribute : \(self.name)\nIt's not supported to change enumeration labels number from outside the Tango device class code",
                    origin: "Attribute::set_upd_properties")
            }
            config.enumLabels = labels
            try Self.checkLabels(config, device: self.deviceName)
            changes.append(("enum_labels", labels == self.definition.enumLabels ? nil : labels))
        }
        let limits = try AttributeLimits(config, device: self.deviceName)
        let stored = config
        let told = changes
        self.state.withLock { state in
            state.config = stored
            state.limits = limits
            state.configurationError = nil
            for change in told { state.properties.device[change.name] = change.values }
        }
        return changes
    }

    private func refuseUnchangeable(_ old: AttributeConfig, _ new: AttributeConfig) throws(DevFailed) {
        let changed: String? =
            if new.typeNumber != old.typeNumber {
                "data_type"
            } else if new.format != old.format {
                "data_format"
            } else if new.writable != old.writable {
                "writable"
            } else if new.maxDimX != old.maxDimX {
                "max_dim_x"
            } else if new.maxDimY != old.maxDimY {
                "max_dim_y"
            } else if new.writableAttributeName.tangoFolded != old.writableAttributeName.tangoFolded {
                "writable_attr_name"
            } else if new.level != old.level {
                "level"
            } else if new.isMemorized != old.isMemorized {
                "memorized"
            } else {
                nil
            }
        if let changed {
            throw DevFailed(
                .attributeNotAllowed, "Attribute property \(changed) is not changeable at run time", origin: "Attribute::set_upd_properties"
            )
        }
    }

    /// Brings a number to the attribute's type: integers lose their fraction, floating point texts stay as they are.
    private func normalised(_ text: String, _ setting: AttributeSetting) throws(DevFailed) -> String {
        let isPeriod = setting == .eventPeriod || setting == .archivePeriod || setting == .deltaTime
        let isInteger: Bool =
            switch self.definition.type {
            case .float, .double: false
            default: self.definition.type.isNumeric
            }
        guard isPeriod || (setting.isLimit && isInteger) else { return text }
        guard !text.lowercased().contains("x"), let number = Double(text), let whole = Int64(exactly: number.rounded(.towardZero)) else {
            guard isPeriod else { return text }
            throw DevFailed(
                .attributeProperty,
                "Device \(self.deviceName)-> Attribute : \(self.name)\nThe property \(setting.rawValue) is defined in an unsupported format",
                origin: "Attribute::set_upd_properties")
        }
        if isPeriod { return String(whole) }
        switch self.definition.type {
        case .short, .enum: return String(Int16(truncatingIfNeeded: whole))
        case .long: return String(Int32(truncatingIfNeeded: whole))
        case .uchar: return String(UInt8(truncatingIfNeeded: whole.magnitude))
        case .ushort: return String(UInt16(truncatingIfNeeded: whole.magnitude))
        case .ulong: return String(UInt32(truncatingIfNeeded: whole.magnitude))
        case .ulong64: return String(whole.magnitude)
        default: return String(whole)
        }
    }
}

extension [String] {
    /// A property of several elements is one text with commas (abs_change has two).
    fileprivate var stored: String? { self.isEmpty ? nil : self.joined(separator: ",") }
}

extension AttributeData {
    /// A scalar from the text a memorized value is stored as.
    init?(text: String, type: DataType) {
        switch type {
        case .boolean:
            switch text.lowercased() {
            case "true", "1": self = .boolean([true])
            case "false", "0": self = .boolean([false])
            default: return nil
            }
        case .short, .enum: if let value = Int16(text) { self = .short([value]) } else { return nil }
        case .long: if let value = Int32(text) { self = .long([value]) } else { return nil }
        case .long64: if let value = Int64(text) { self = .long64([value]) } else { return nil }
        case .float: if let value = Float(text) { self = .float([value]) } else { return nil }
        case .double: if let value = Double(text) { self = .double([value]) } else { return nil }
        case .uchar: if let value = UInt8(text) { self = .uchar([value]) } else { return nil }
        case .ushort: if let value = UInt16(text) { self = .ushort([value]) } else { return nil }
        case .ulong: if let value = UInt32(text) { self = .ulong([value]) } else { return nil }
        case .ulong64: if let value = UInt64(text) { self = .ulong64([value]) } else { return nil }
        case .string: self = .string([text])
        default: return nil
        }
    }

    /// The text a memorized scalar is stored as.
    var memorizedText: String? {
        switch self {
        case .boolean(let values): values.first.map { $0 ? "true" : "false" }
        case .short(let values): values.first.map { "\($0)" }
        case .long(let values): values.first.map { "\($0)" }
        case .long64(let values): values.first.map { "\($0)" }
        case .float(let values): values.first.map { "\($0)" }
        case .double(let values): values.first.map { "\($0)" }
        case .uchar(let values): values.first.map { "\($0)" }
        case .ushort(let values): values.first.map { "\($0)" }
        case .ulong(let values): values.first.map { "\($0)" }
        case .ulong64(let values): values.first.map { "\($0)" }
        case .string(let values): values.first
        default: nil
        }
    }
}
