public import TangoCore

extension DatabaseClient {
    // MARK: - Devices, classes and free objects

    /// Returns the names of a device's properties; `*` in the pattern stands for any text.
    public func propertyNames(ofDevice device: String, matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        func names(_ wildcard: String) async throws(DevFailed) -> [String] {
            try await self.strings("DbGetDevicePropertyList", [.name(device, .devices), .text(wildcard)])
        }
        guard !self.keepsWireTexts, TangoText.hasLatin1Form(wildcard) else { return try await names(wildcard) }
        return try await names("*").filter(NamePattern(wildcard).matches)
    }

    private func properties(
        _ command: String, of owner: DatabaseText, _ names: [String], in list: NameList, hasFillers: Bool
    ) async throws(DevFailed) -> [DatabaseProperty] {
        try FlatAnswer.properties(
            try await self.strings(command, [owner] + names.map { .name($0, list) }), of: command, hasFillers: hasFillers)
    }

    /// Returns a device's properties of these names, in their order, spelled as requested; `*` in a name stands for any text.
    public func properties(ofDevice device: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties(
            "DbGetDeviceProperty", of: .name(device, .devices), names, in: .deviceProperties(device), hasFillers: true)
    }

    /// Returns a class's properties of these names, in their order.
    public func properties(ofClass name: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties("DbGetClassProperty", of: .name(name, .classes), names, in: .classProperties(name), hasFillers: false)
    }

    /// Returns a free object's properties of these names, in their order.
    public func properties(ofObject name: String, names: [String]) async throws(DevFailed) -> [DatabaseProperty] {
        try await self.properties("DbGetProperty", of: .name(name, .objects), names, in: .objectProperties(name), hasFillers: true)
    }

    /// Returns the properties of a device whose names are matched, spelled as in the database.
    /// - Parameter isWanted: tells by its name whether a property is returned.
    /// - Throws: `API_NotSupported` for names with `*` that the database cannot tell apart.
    package func properties(ofDevice device: String, where isWanted: (String) -> Bool) async throws(DevFailed) -> [DatabaseProperty] {
        let names = try await self.propertyNames(ofDevice: device)
        let wanted = names.filter(isWanted)
        let plain = wanted.filter { !$0.contains("*") }
        var found = plain.isEmpty ? [] : try await self.properties(ofDevice: device, names: plain)
        for name in wanted where name.contains("*") {
            found.append(DatabaseProperty(name: name, values: try await self.values(ofDevice: device, starred: name, among: names)))
        }
        return found
    }

    /// Returns the values of a property whose name has a `*`. The database takes it for a pattern and answers the values of all properties
    /// that match: the first of each, the second of each, and so on.
    private func values(ofDevice device: String, starred name: String, among names: [String]) async throws(DevFailed) -> [String] {
        let others = names.filter { $0 != name && NamePattern(name).matches($0) }
        guard !others.contains(where: { $0.contains("*") }) else {
            throw DevFailed(.notSupported, "The database cannot tell \(name) of \(device) from other properties", origin: "DatabaseClient")
        }
        var mixed = try await self.properties(ofDevice: device, names: [name]).first?.values ?? []
        let known = others.isEmpty ? [] : try await self.properties(ofDevice: device, names: others).map { $0.values ?? [] }
        let count = mixed.count - known.reduce(0) { $0 + $1.count }
        var values: [String] = []
        for index in 0..<max(0, count) {
            let elements = known.filter { $0.count > index }.map { $0[index] }
            var row = Array(mixed.prefix(elements.count + 1))
            mixed.removeFirst(row.count)
            for element in elements { if let position = row.firstIndex(of: element) { row.remove(at: position) } }
            values += row.prefix(1)
        }
        return values
    }

    /// Sets properties of a device; others stay.
    public func putProperties(ofDevice device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command(
            "DbPutDeviceProperty", [.name(device, .devices)] + FlatAnswer.argument(properties, in: .deviceProperties(device)))
    }

    /// Sets properties of a class; others stay.
    public func putProperties(ofClass name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutClassProperty", [.name(name, .classes)] + FlatAnswer.argument(properties, in: .classProperties(name)))
    }

    /// Sets properties of a free object; others stay.
    public func putProperties(ofObject name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutProperty", [.name(name, .objects)] + FlatAnswer.argument(properties, in: .objectProperties(name)))
    }

    /// Removes properties of a device; `*` in a name stands for any text.
    public func deleteProperties(ofDevice device: String, names: [String]) async throws(DevFailed) {
        try await self.command(
            "DbDeleteDeviceProperty", [.name(device, .devices)] + names.map { .name($0, .deviceProperties(device)) })
    }

    /// Removes properties of exactly these names from a device.
    package func deleteProperties(ofDevice device: String, exactly names: [String]) async throws(DevFailed) {
        // A property without values is none, and its name is no pattern here.
        let starred = names.filter { $0.contains("*") }
        if !starred.isEmpty { try await self.putProperties(ofDevice: device, starred.map { ($0, []) }) }
        let others = names.filter { !$0.contains("*") }
        if !others.isEmpty { try await self.deleteProperties(ofDevice: device, names: others) }
    }

    // MARK: - Attributes

    private func owner(_ device: String, _ attribute: String) -> [DatabaseText] {
        [.name(device, .devices), .name(attribute, .attributes(device))]
    }

    /// Returns the properties the database keeps for an attribute of a device (`DbGetDeviceAttributeProperty2`); none is an empty list.
    public func attributeProperties(ofDevice device: String, attribute: String) async throws(DevFailed) -> [DatabaseProperty] {
        let command = "DbGetDeviceAttributeProperty2"
        return try FlatAnswer.attributes(try await self.strings(command, self.owner(device, attribute)), of: command).first?.properties
            ?? []
    }

    /// Sets properties of an attribute of a device; others stay (`DbPutDeviceAttributeProperty2`).
    public func putAttributeProperties(
        ofDevice device: String, attribute: String, _ properties: [(name: String, values: [String])]
    ) async throws(DevFailed) {
        let owner = self.owner(device, attribute)
        try await self.command(
            "DbPutDeviceAttributeProperty2",
            [owner[0], .text("1"), owner[1]]
                + FlatAnswer.argument(properties, in: .attributeProperties(device, attribute: attribute)))
    }

    /// Removes properties of an attribute of a device; those that are not there are no error (`DbDeleteDeviceAttributeProperty`).
    public func deleteAttributeProperties(ofDevice device: String, attribute: String, names: [String]) async throws(DevFailed) {
        try await self.command(
            "DbDeleteDeviceAttributeProperty",
            self.owner(device, attribute) + names.map { .name($0, .attributeProperties(device, attribute: attribute)) })
    }
}
