import TangoCore

extension DatabaseClient {
    /// Properties the database keeps for an attribute of a device (`DbGetDeviceAttributeProperty2`); none is an empty list.
    public func attributeProperties(
        ofDevice device: String, attribute: String
    ) async throws(DevFailed) -> [(name: String, values: [String])] {
        let answer = try await self.strings("DbGetDeviceAttributeProperty2", .stringArray([device, attribute]))
        // [device, 1, attribute, count, (name, n, value…)…]
        var properties: [(name: String, values: [String])] = []
        var index = 4
        while index + 1 < answer.count {
            let count = max(0, Int(answer[index + 1]) ?? 0)
            let start = min(index + 2, answer.count)
            let end = min(start + count, answer.count)
            properties.append((answer[index], Array(answer[start..<end])))
            index = end
        }
        return properties
    }

    /// Sets properties of an attribute of a device; others stay (`DbPutDeviceAttributeProperty2`).
    public func putAttributeProperties(
        ofDevice device: String, attribute: String, _ properties: [(name: String, values: [String])]
    ) async throws(DevFailed) {
        var argument = [device, "1", attribute, String(properties.count)]
        for property in properties { argument += [property.name, String(property.values.count)] + property.values }
        try await self.command("DbPutDeviceAttributeProperty2", .stringArray(argument))
    }

    /// Removes properties of an attribute of a device; those that are not there are no error (`DbDeleteDeviceAttributeProperty`).
    public func deleteAttributeProperties(ofDevice device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try await self.command("DbDeleteDeviceAttributeProperty", .stringArray([device, attribute] + names))
    }
}
