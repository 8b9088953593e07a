import Synchronization
import TangoClient
import TangoCore

/// The root of a forwarded attribute: an attribute of another device, and its configuration as last read.
final class ForwardedRoot: Sendable {
    let proxy: DeviceProxy
    /// The device with its control system in front, in lower case.
    let device: String
    /// Name of the attribute in lower case.
    let attribute: String
    /// TRL of the attribute, as clients see it.
    let name: String
    let config: AttributeConfig
    let type: DataType

    /// - Parameter locator: TRL of the attribute.
    /// - Returns: `nil` if the configuration does not say what the attribute is: cppTango answers such a one for a root that is forwarded
    ///   itself and has not found its own root.
    init?(_ locator: TRL, _ proxy: DeviceProxy, _ config: AttributeConfig) {
        guard let type = config.typeOfRoot else { return nil }
        var device = locator
        device.attribute = nil
        self.proxy = proxy
        self.device = device.description.tangoFolded
        self.attribute = (locator.attribute ?? config.name).tangoFolded
        self.name = locator.description.tangoFolded
        self.config = config
        self.type = type
    }

    private init(_ root: ForwardedRoot, _ config: AttributeConfig, _ type: DataType) {
        self.proxy = root.proxy
        self.device = root.device
        self.attribute = root.attribute
        self.name = root.name
        self.config = config
        self.type = type
    }

    /// Returns the root with a new configuration; `nil` if it is the same, or does not say what the attribute is.
    func updated(_ config: AttributeConfig) -> ForwardedRoot? {
        guard config != self.config, let type = config.typeOfRoot else { return nil }
        return ForwardedRoot(self, config, type)
    }

    // MARK: - Requests

    /// Reads the root; the value has the name of the forwarded attribute.
    /// - Throws: the root's errors, then `API_AttributeFailed`.
    func read(as name: String, _ source: DevSource) async throws(DevFailed) -> AttributeValue {
        do {
            var value = try await self.proxy.readAttribute(self.attribute, source: source)
            value.name = name
            return value
        } catch {
            throw self.failed(error, "read_attribute", "Reading", "FwdAttr::read")
        }
    }

    /// Writes the root.
    /// - Throws: the root's errors, then `API_AttributeFailed`.
    func write(_ write: AttributeWrite) async throws(DevFailed) {
        do {
            try await self.proxy.writeAttribute(AttributeWrite(name: self.attribute, data: write.data, dimension: write.dimension))
        } catch {
            throw self.failed(error, "write_attribute", "Writing", "FwdAttr::write")
        }
    }

    private func failed(_ failure: DevFailed, _ operation: String, _ verb: String, _ origin: String) -> DevFailed {
        failure
            .rethrowing(
                "API_AttributeFailed", "Failed to \(operation) on device \(self.proxy.name), attribute \(self.attribute)",
                origin: "DeviceProxy::\(operation)"
            )
            .rethrowing(
                "API_AttributeFailed", "\(verb) root attribute \(self.attribute) on device \(self.device) failed!", origin: origin)
    }

    /// Reads the history of the root; the values have the name of the forwarded attribute.
    /// - Parameters:
    ///   - attribute: the forwarded attribute as the client named it.
    ///   - device: its device.
    /// - Throws: the root's errors, then `API_AttributeFailed`.
    func history(as name: String, count: Int, requestedAs attribute: String, of device: DeviceName) async throws(DevFailed)
        -> AttributeHistory
    {
        do {
            var history = try await self.proxy.attributeHistory(self.attribute, count: count)
            history.name = name
            for index in history.values.indices { history.values[index].name = name }
            return history
        } catch {
            throw error.rethrowing(
                "API_AttributeFailed", "Reading history for attribute \(attribute.tangoFolded) on device \(device) failed!",
                origin: "Device_5Impl::read_attribute_history_5")
        }
    }

    /// Returns the configuration of the forwarded attribute.
    func config(as name: String, label: String) -> AttributeConfig {
        var config = self.config
        config.name = name
        config.label = label
        config.rootAttributeName = self.name
        if config.writable == .readWrite { config.writableAttributeName = name }
        return config
    }

    /// Returns the configuration to set on the root when a client sets `new` on the forwarded attribute; `nil` if nothing but the label
    /// differs.
    func wanted(_ new: AttributeConfig, old: AttributeConfig) -> AttributeConfig? {
        var config = new
        config.name = old.name
        config.label = old.label
        config.rootAttributeName = old.rootAttributeName
        guard config != old else { return nil }
        config.name = self.config.name
        config.label = self.config.label
        config.rootAttributeName = self.config.rootAttributeName
        if config.writableAttributeName.tangoFolded == old.writableAttributeName.tangoFolded {
            config.writableAttributeName = self.config.writableAttributeName
        }
        return config
    }
}

extension AttributeConfig {
    /// The type, if that, format and access are known.
    fileprivate var typeOfRoot: DataType? { self.format == .unknown || self.writable == .unknown ? nil : self.type }
}

extension AttributeDefinition {
    /// Returns the definition of a forwarded attribute whose root was found. Only the root checks the limits of writes.
    func resolved(by root: ForwardedRoot) -> AttributeDefinition {
        let config = root.config
        var properties: AttributeDefaults = [.label: self.properties[.label]]
        func adopt(_ setting: AttributeSetting) {
            let text = setting.value(in: config)
            if text != AttributeSetting.notSpecified { properties[setting] = text }
        }
        for setting in [AttributeSetting.minAlarm, .maxAlarm, .minWarning, .maxWarning] { adopt(setting) }
        if config.alarm.deltaTime != AttributeSetting.notSpecified, config.alarm.deltaValue != AttributeSetting.notSpecified {
            adopt(.deltaTime)
            adopt(.deltaValue)
        }
        var definition = AttributeDefinition(
            name: self.name, type: root.type, format: config.format, access: config.writable, maxDimX: config.maxDimX,
            maxDimY: config.maxDimY, level: config.level,
            writeAttributeName: config.writable == .readWithWrite ? config.writableAttributeName : nil, enumLabels: config.enumLabels,
            properties: properties, isAllowed: self.isAllowed)
        if config.writable == .write || config.writable == .readWrite {
            definition.writer = .async { _, write in try await root.write(write) }
        }
        definition.forwarding = self.forwarding
        return definition
    }
}

extension AttributeRuntime {
    /// Records the quality of a value that was read from the root: it decides on the state of the device.
    func forwarded(_ value: AttributeValue) -> AttributeValue {
        var cause: AlarmCause = []
        if value.quality.isAlarming, let limits = self.state.withLock({ $0.limits }) {
            cause = limits.levelCause(of: value.readData)
            if cause.isEmpty, value.quality == .alarm, limits.readDiffersFromSet != nil { cause = .readDiffersFromSet }
        }
        self.record(quality: value.quality, cause: cause)
        return value
    }
}
