public import TangoCore

extension DatabaseClient {
    // MARK: - Devices, classes and free objects

    /// Returns the names of a device's properties; `*` in the pattern stands for any text.
    public func propertyNames(ofDevice device: String, matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDevicePropertyList", .stringArray([device, wildcard]))
    }

    private func properties(
        _ command: String, of owner: String, _ names: [String], hasFillers: Bool
    ) async throws(DevFailed) -> [DatabaseProperty] {
        try FlatAnswer.properties(
            try await self.strings(command, .stringArray([owner] + names)), of: command, hasFillers: hasFillers)
    }

    /// Returns a device's properties of these names, in their order.
    public func properties(ofDevice device: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties("DbGetDeviceProperty", of: device, names, hasFillers: true)
    }

    /// Returns a class's properties of these names, in their order.
    public func properties(ofClass name: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties("DbGetClassProperty", of: name, names, hasFillers: false)
    }

    /// Returns a free object's properties of these names, in their order.
    public func properties(ofObject name: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties("DbGetProperty", of: name, names, hasFillers: true)
    }

    /// Sets properties of a device; others stay.
    public func putProperties(ofDevice device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutDeviceProperty", .stringArray(FlatAnswer.argument(device, properties)))
    }

    /// Sets properties of a class; others stay.
    public func putProperties(ofClass name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutClassProperty", .stringArray(FlatAnswer.argument(name, properties)))
    }

    /// Sets properties of a free object; others stay.
    public func putProperties(ofObject name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutProperty", .stringArray(FlatAnswer.argument(name, properties)))
    }

    /// Removes properties of a device.
    public func deleteProperties(ofDevice device: String, names: [String]) async throws(DevFailed) {
        try await self.command("DbDeleteDeviceProperty", .stringArray([device] + names))
    }

    // MARK: - Attributes

    /// Returns the properties the database keeps for an attribute of a device (`DbGetDeviceAttributeProperty2`); none is an empty list.
    public func attributeProperties(ofDevice device: String, attribute: String) async throws(DevFailed) -> [DatabaseProperty] {
        let command = "DbGetDeviceAttributeProperty2"
        let answer = try await self.strings(command, .stringArray([device, attribute]))
        return try FlatAnswer.attributes(answer, of: command).first?.properties ?? []
    }

    /// Sets properties of an attribute of a device; others stay (`DbPutDeviceAttributeProperty2`).
    public func putAttributeProperties(
        ofDevice device: String, attribute: String, _ properties: [(name: String, values: [String])]
    ) async throws(DevFailed) {
        try await self.command(
            "DbPutDeviceAttributeProperty2", .stringArray(FlatAnswer.argument(device, attribute: attribute, properties)))
    }

    /// Removes properties of an attribute of a device; those that are not there are no error (`DbDeleteDeviceAttributeProperty`).
    public func deleteAttributeProperties(ofDevice device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try await self.command("DbDeleteDeviceAttributeProperty", .stringArray([device, attribute] + names))
    }
}
