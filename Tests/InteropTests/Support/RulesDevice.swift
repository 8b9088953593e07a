import Foundation
import TangoCore
import TangoServer

/// Twin of Scripts/peers/rules/rules_server.py, member by member: the device class that Scripts/peers/rules/rules.py compares.
final class RulesDevice: Device {
    /// A value as it is read: elements and shape.
    struct Value {
        var data: AttributeData
        var dimension: AttributeDimension
    }

    private let context: DeviceContext
    private var values: [String: Value] = [:]
    private var qualities: [String: (quality: AttributeQuality, time: Timestamp?)] = [:]
    private var failing: [String: String] = [:]
    private var shapes: [String: (type: DataType, format: AttributeFormat)] = [:]
    private var hooksToFail = 0

    init(context: DeviceContext) {
        self.context = context
        for attribute in RulesInterface.attributes { self.shapes[attribute.name] = (attribute.type, attribute.format) }
    }

    func initialize() async throws {
        self.values = [:]
        self.qualities = [:]
        self.failing = Dictionary((self.context.property("FailWrites") ?? []).map { ($0, "write") }) { first, _ in first }
        self.hooksToFail = 0
        self.context.setState(.on)
        if self.context.property("FailInit") != nil { throw DevFailed("Rules_Init", "the device does not start on purpose") }
    }

    func alwaysExecuted() throws {
        guard self.hooksToFail > 0 else { return }
        self.hooksToFail -= 1
        throw DevFailed("Rules_Hook", "the hook fails on purpose")
    }

    // MARK: - Attributes

    func reading(_ name: String) throws -> AttributeReading? {
        switch self.failing[name] {
        case "read": throw DevFailed("Rules_Read", "reading \(name) fails on purpose")
        case "nothing": return nil
        default: break
        }
        guard let shape = self.shapes[name] else { return nil }
        let value = self.values[name] ?? RulesInterface.initial(shape.type, shape.format)
        let quality = self.qualities[name]
        return AttributeReading(
            value.data, dimension: value.dimension, quality: quality?.quality ?? .valid, time: quality?.time)
    }

    func write(_ name: String, _ write: AttributeWrite) throws {
        if self.failing[name] == "write" { throw DevFailed("Rules_Write", "writing \(name) fails on purpose") }
        self.values[name] = Value(data: write.data, dimension: write.dimension)
    }

    // MARK: - Commands

    func setValue(_ texts: [String]) throws {
        let name = texts[0]
        guard let shape = self.shapes[name], let columns = Int32(texts[1]), let rows = Int32(texts[2]),
            let data = RulesInterface.data(shape.type, Array(texts.dropFirst(3)))
        else { throw DevFailed("Rules_SetValue", "\(texts)") }
        self.values[name] = Value(
            data: data, dimension: AttributeDimension(x: shape.format == .scalar ? 1 : columns, y: shape.format == .image ? rows : 0))
    }

    func setQuality(_ texts: [String]) throws {
        guard texts[1] != "NONE" else {
            self.qualities[texts[0]] = nil
            return
        }
        guard let quality = AttributeQuality.allCases.first(where: { $0.name == "ATTR_\(texts[1])" }) else {
            throw DevFailed("Rules_SetQuality", "\(texts)")
        }
        let time = texts.count > 2 ? Double(texts[2]) : nil
        self.qualities[texts[0]] = (
            quality,
            time.map { Timestamp(seconds: Int32($0.rounded(.down)), microseconds: Int32(($0 - $0.rounded(.down)) * 1_000_000)) }
        )
    }

    func fail(_ texts: [String]) { self.failing[texts[0]] = texts[1] }

    func failHooks(_ count: Int32) { self.hooksToFail = Int(count) }

    /// Name, kind, format, access, options.
    func addAttribute(_ texts: [String]) throws {
        guard let type = RulesInterface.types.first(where: { $0.name == texts[1] })?.type,
            let format = AttributeFormat.allCases.first(where: { $0.name.lowercased() == texts[2] })
        else { throw DevFailed("Rules_AddAttribute", "\(texts)") }
        var properties = AttributeDefaults()
        var memorization = Memorization.none
        for option in texts.dropFirst(4) {
            let parts = option.split(separator: "=", maxSplits: 1).map(String.init)
            if parts[0] == "memorized" {
                memorization = parts[1] == "init" ? .memorizedWriteAtInit : .memorized
            } else {
                RulesInterface.set(parts[0], parts[1], in: &properties)
            }
        }
        try self.context.addAttribute(
            RulesInterface.attribute(
                texts[0], type, format, RulesInterface.access(texts[3]), memorization: memorization, properties: properties))
        self.shapes[texts[0]] = (type, format)
    }

    func removeAttribute(_ texts: [String]) throws {
        try self.context.removeAttribute(texts[0], keepsProperties: texts.dropFirst().first == "keep")
    }

    /// Name, type of argument, type of result, level.
    func addCommand(_ texts: [String]) throws {
        func type(_ name: String) throws -> DataType {
            guard let type = DataType.allCases.first(where: { $0.name == name }) else { throw DevFailed("Rules_AddCommand", name) }
            return type
        }
        let result = try type(texts[2])
        try self.context.addCommand(
            Command(texts[0], of: RulesDevice.self, in: try type(texts[1]), out: result) { _, argument in
                result == .void ? .void : argument
            },
            to: texts[3] == "class" ? .deviceClass : .device)
    }

    func removeCommand(_ name: String) throws {
        do {
            try self.context.removeCommand(name, from: .deviceClass)
        } catch {
            try self.context.removeCommand(name)
        }
    }
}
