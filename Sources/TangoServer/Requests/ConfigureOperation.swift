import TangoCore
import TangoWire

/// Changes attribute configurations: earlier ones of a list stay changed when a later one is refused (cppTango 9.3.4).
struct ConfigureOperation: GatedOperation {
    enum Suspension: Sendable {
        /// Changes the configuration of a forwarded attribute's root.
        case forwarding(attribute: String, AttributeConfig)
        /// Stores the change in the database; it comes into force when it is stored.
        case storing(attribute: AttributeRuntime, AttributeRuntime.PlannedConfiguration)
    }

    var isAlwaysSerialized: Bool { true }
    private let configs: [AttributeConfig]
    private let version: Int
    /// Index of the next configuration.
    private var position = 0

    init(configs: [AttributeConfig], version: Int) {
        self.configs = configs
        self.version = version
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        while self.position < self.configs.count {
            do throws(DevFailed) {
                if let suspension = try self.configure(self.configs[self.position], runtime) { return .suspended(suspension) }
            } catch {
                throw self.refusal(error)
            }
        }
        return .finished(.void)
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .forwarding(let attribute, let config):
            do throws(DevFailed) {
                try await runtime.forwarding.configure(attribute, config)
            } catch {
                throw self.refusal(error)
            }
            self.position += 1
        case .storing(let attribute, let planned):
            do throws(DevFailed) {
                try await runtime.database.change(.attribute(attribute.name), planned.changes)
            } catch {
                throw self.refusal(error)
            }
            self.apply(planned, to: attribute, runtime)
        }
    }

    /// Changes one configuration, or returns what has to be awaited.
    private mutating func configure(_ sent: AttributeConfig, _ runtime: DeviceRuntime) throws(DevFailed) -> Suspension? {
        guard let attribute = runtime.attribute(sent.name) else { throw .attributeNotFound(sent.name) }
        let completed = Self.completed(sent, with: attribute.config, version: self.version)
        guard attribute.root == nil else { return .forwarding(attribute: attribute.name, completed) }
        let planned = try attribute.plan(completed, device: runtime.name.text)
        guard planned.changes.isEmpty else { return .storing(attribute: attribute, planned) }
        self.apply(planned, to: attribute, runtime)
        return nil
    }

    private mutating func apply(
        _ planned: AttributeRuntime.PlannedConfiguration, to attribute: AttributeRuntime, _ runtime: DeviceRuntime
    ) {
        attribute.apply(planned)
        runtime.members.updateAlarmIndex(for: attribute)
        self.position += 1
        runtime.server.changes.send(runtime.name, .attributeConfig(attribute.config))
    }

    /// The error of the configuration at the current position: of several it says what became of the others.
    private func refusal(_ failure: DevFailed) -> DevFailed {
        guard self.configs.count > 1 else { return failure }
        var errors = failure.errors
        var reason = errors[0].reason.rawValue
        if self.position > 0 { reason += "\nAll previous attribute(s) have been successfully updated" }
        if self.position < self.configs.count - 1 { reason += "\nAll remaining attribute(s) have not been updated" }
        errors[0].reason = ErrorReason(rawValue: reason)
        return DevFailed(errors: errors)
    }

    /// What older structures do not carry stays as it is.
    private static func completed(_ sent: AttributeConfig, with old: AttributeConfig, version: Int) -> AttributeConfig {
        var config = sent
        if version < 5 {
            config.enumLabels = old.enumLabels
            config.isMemorized = old.isMemorized
            config.rootAttributeName = old.rootAttributeName
        }
        if version < 3 {
            config.level = old.level
            config.events = old.events
            let (low, high) = (config.alarm.minAlarm, config.alarm.maxAlarm)
            config.alarm = old.alarm
            config.alarm.minAlarm = low
            config.alarm.maxAlarm = high
        }
        return config
    }
}
