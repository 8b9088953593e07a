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

    /// Changes the configuration; one that is wrong anywhere changes nothing.
    /// - Parameter device: name of the device, for the texts of errors.
    /// - Returns: changes for the database.
    /// - Throws: as `ConfigurationChange.apply`.
    func setConfig(_ new: AttributeConfig, device: String) throws(DevFailed) -> [StoredAttributeProperties.Change] {
        let (properties, set) = self.state.withLock { ($0.properties, $0.set) }
        var change = ConfigurationChange(of: AttributeConfigurator(self.shared, properties), device: device, set: set?.data)
        let limits = try change.apply(new)
        let changed = change.properties
        self.state.withLock { state in
            state.properties = changed
            state.limits = limits
            state.configurationError = nil
        }
        return change.changes
    }

    /// Changes the label, by the rules of `setConfig`.
    /// - Returns: changes for the database.
    func setLabel(_ label: String, device: String) throws(DevFailed) -> [StoredAttributeProperties.Change] {
        var config = self.configurator.config
        config.label = label
        return try self.setConfig(config, device: device)
    }
}
