import TangoCore

extension AttributeRuntime {
    /// The name that stands for all attributes in a read and, before interface 3, in a query of configurations.
    static let allNames = "All attributes"
    /// The name that stands for all attributes in a query of configurations from interface 3 on.
    static let allNamesOfInterface3 = "All attributes_3"
}

extension DeviceRuntime {
    /// Configurations of attributes, as clients see them.
    /// - Parameter names: of attributes; one that stands for all, alone.
    /// - Throws: `API_AttrNotFound`.
    func attributeConfigs(_ names: [String], _ version: Int) throws(DevFailed) -> [AttributeConfig] {
        if names.count == 1 {
            if names[0] == AttributeRuntime.allNamesOfInterface3 { return self.allAttributes.map(\.config) }
            // Interfaces 1 and 2 do not know State and Status as attributes.
            if version < 3, names[0].hasPrefix(AttributeRuntime.allNames) {
                return self.members.attributes.map(\.config)
            }
        }
        var configs: [AttributeConfig] = []
        for name in names {
            guard let attribute = self.attribute(name) else { throw .attributeNotFound(name) }
            configs.append(attribute.config)
        }
        return configs
    }
}
