public import TangoCore

extension DeviceContext {
    /// Returns the value of a property: that of the device, else that of its class, else the default.
    /// - Throws: `API_MandatoryPropertyMissing`; `API_WrongPropertyValue` when the text is not a value of the type.
    public func property<Value>(_ property: DeviceProperty<Value>) throws(DevFailed) -> Value {
        let name = property.definition.name
        let configuration = self.runtime.configuration
        if let values = configuration.properties[name.wireMetadata.tangoFolded]
            ?? configuration.classProperties[name.wireMetadata.tangoFolded]
        {
            return try self.value(values, name)
        }
        if let value = property.defaultValue { return value }
        throw Self.missing(name, self.name)
    }

    /// Returns the value of a property of the class, or the default.
    /// - Throws: `API_WrongPropertyValue` when the text is not a value of the type.
    public func property<Value>(_ property: ClassProperty<Value>) throws(DevFailed) -> Value {
        let name = property.definition.name
        guard let values = self.runtime.configuration.classProperties[name.wireMetadata.tangoFolded] else { return property.defaultValue }
        return try self.value(values, name)
    }

    /// Changes a property of the device, in the database too if the server has one.
    /// - Throws: the error of the database; the property is then that of before.
    public func set<Value>(_ property: DeviceProperty<Value>, to value: Value) async throws(DevFailed) {
        try await self.runtime.database.putProperties([
            (name: property.definition.name.wireMetadata, values: value.propertyLines.map(\.wireMetadata))
        ])
    }

    /// Returns the lines of a property: those of the device, else those of its class, else the declared default, else `nil`.
    public func property(_ name: String) -> [String]? {
        let key = name.wireMetadata.tangoFolded
        if let values = self.runtime.configuration.properties[key] ?? self.runtime.configuration.classProperties[key] {
            return values.map(TangoText.readable)
        }
        let declared = self.runtime.deviceClass.properties.first { $0.name.wireMetadata.tangoFolded == key }?.defaultValue
        return declared?.isEmpty == false ? declared : nil
    }

    private func value<Value: PropertyConvertible>(_ values: [String], _ name: String) throws(DevFailed) -> Value {
        if let value = Value.value(ofProperty: values.map(TangoText.readable)) { return value }
        throw DevFailed(
            "API_WrongPropertyValue", "Property \(name) of device \(self.name) is \(values), not a value of type \(Value.self)",
            origin: "DeviceContext")
    }

    private static func missing(_ name: String, _ device: DeviceName) -> DevFailed {
        DevFailed("API_MandatoryPropertyMissing", "Device property \(name) of device \(device) is mandatory", origin: "DeviceContext")
    }

    /// Checks that the mandatory properties have values.
    /// - Throws: `API_MandatoryPropertyMissing`.
    func checkMandatory(_ properties: [PropertyDefinition]) throws(DevFailed) {
        for property in properties where property.isMandatory && self.property(property.name) == nil {
            throw Self.missing(property.name, self.name)
        }
    }
}
