import Synchronization
import TangoCore

/// The configuration of an attribute, as clients see and change it.
extension AttributeRuntime {
    private var configurator: AttributeConfigurator { AttributeConfigurator(self.shared, self.state.withLock { $0.properties }) }

    var config: AttributeConfig {
        if let root = self.root { return root.config(as: self.name, label: self.label) }
        return self.configurator.config
    }

    /// Name shown to people.
    var label: String { self.configurator.text(of: .label) }

    /// Labels of a DevEnum; empty for all other types.
    var enumLabels: [String] { self.configurator.enumLabels }

    /// A configuration that was checked and is not in force yet.
    struct PlannedConfiguration: Sendable {
        /// Changes for the database.
        let changes: [PropertyChange]
        fileprivate let properties: StoredAttributeProperties
        fileprivate let limits: AlarmLimits?
        fileprivate let criteria: SharedEventCriteria?
    }

    /// Checks a new configuration, which changes nothing yet.
    /// - Parameter device: name of the device, for the texts of errors.
    /// - Throws: as `ConfigurationChange.apply`.
    func plan(_ new: AttributeConfig, device: String) throws(DevFailed) -> PlannedConfiguration {
        let (properties, set) = self.state.withLock { ($0.properties, $0.set) }
        var change = ConfigurationChange(of: AttributeConfigurator(self.shared, properties), device: device, set: set?.data)
        let limits = try change.apply(new)
        let events = AttributeConfigurator(self.shared, change.properties).config.events
        return PlannedConfiguration(
            changes: change.changes, properties: change.properties, limits: limits, criteria: SharedEventCriteria(events))
    }

    /// Checks a new label, by the rules of `plan`.
    func plan(label: String, device: String) throws(DevFailed) -> PlannedConfiguration {
        var config = self.configurator.config
        config.label = label
        return try self.plan(config, device: device)
    }

    /// Puts a configuration into force, when its changes are stored.
    func apply(_ planned: PlannedConfiguration) {
        self.state.withLock { state in
            state.properties = planned.properties
            state.limits = planned.limits
            state.criteria = planned.criteria
            state.configurationError = nil
        }
    }
}
