import TangoCore

extension DatabaseCommand {
    static let deviceAliasCommands = [
        putDeviceAlias, getDeviceAlias, getAliasDevice, deviceAliasList, deleteDeviceAlias,
    ]

    static let attributeAliasCommands = [
        putAttributeAlias, aliasAttribute("DbGetAttributeAlias"), aliasAttribute("DbGetAliasAttribute"), getAttributeAlias2,
        attributeAliasList, deleteAttributeAlias,
    ]

    /// Checks `[name, alias]`.
    /// - Throws: `DB_IncorrectArguments` for fewer than two elements and for an alias with `/` or space.
    private static func named(_ argument: [String], _ layout: String) throws(DevFailed) -> (name: String, alias: String) {
        try argument.require(atLeast: 2, layout)
        guard !argument[1].contains(where: { $0 == "/" || $0 == " " }) else {
            throw DevFailed(.databaseIncorrectArguments, "An alias has no slash and no space: \(argument[1])")
        }
        return (argument[0], argument[1])
    }

    // MARK: - Devices

    private static let putDeviceAlias = writing("DbPutDeviceAlias", "device, alias") { (transaction, argument: [String]) in
        let (device, alias) = try DatabaseCommand.named(argument, "device, alias")
        if let other = try transaction.connection.texts("SELECT name FROM device WHERE alias = ?", [.text(alias)]).first,
            !other.isSameName(as: device)
        {
            throw DevFailed(.databaseSQL, "Alias \(alias) is used by device \(other)")
        }
        try transaction.connection.run("UPDATE device SET alias = ? WHERE name = ?", [.text(alias), .text(device)])
    }

    private static let getDeviceAlias = reading("DbGetDeviceAlias", "device", "alias") { (db, device: String) -> String in
        let name = try DeviceTable.checkedName(device)
        guard let alias = try db.texts("SELECT alias FROM device WHERE name = ? AND alias IS NOT NULL", [.text(name)]).first else {
            throw DevFailed(.databaseAliasNotDefined, "No alias is defined for device \(device)")
        }
        return alias
    }

    private static let getAliasDevice = reading("DbGetAliasDevice", "pattern of aliases", "device of the first one") {
        (db, alias: String) -> String in
        let match = NameMatch(alias)
        guard
            let device = try db.texts(
                "SELECT name FROM device WHERE \(match.condition(on: "alias")) ORDER BY alias LIMIT 1", match.arguments
            ).first
        else {
            throw DevFailed(.databaseDeviceNotDefined, "No device has alias \(alias)")
        }
        return device
    }

    private static let deviceAliasList = reading("DbGetDeviceAliasList", "pattern of aliases", "aliases") {
        (db, alias: String) -> [String] in
        let match = NameMatch(alias)
        return try db.texts("SELECT alias FROM device WHERE \(match.condition(on: "alias")) ORDER BY alias", match.arguments)
    }

    private static let deleteDeviceAlias = writing("DbDeleteDeviceAlias", "alias") { (transaction, alias: String) in
        try transaction.connection.run("UPDATE device SET alias = NULL WHERE alias = ?", [.text(alias)])
    }

    // MARK: - Attributes

    private static let putAttributeAlias = writing("DbPutAttributeAlias", "device/attribute, alias") { (transaction, argument: [String]) in
        let (name, alias) = try DatabaseCommand.named(argument, "device/attribute, alias")
        let fields = name.split(separator: "/", omittingEmptySubsequences: false)
        guard fields.count == 4, let attribute = fields.last else {
            throw DevFailed(.databaseSQL, "\(name) is no attribute (domain/family/member/attribute)")
        }
        let db = transaction.connection
        if let other = try db.texts("SELECT name FROM attribute_alias WHERE alias = ?", [.text(alias)]).first, !other.isSameName(as: name) {
            throw DevFailed(.databaseSQL, "Alias \(alias) is used by attribute \(other)")
        }
        try db.run("DELETE FROM attribute_alias WHERE name = ?", [.text(name)])
        try db.run(
            "INSERT INTO attribute_alias (alias, name, device, attribute, updated, accessed) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .text(alias), .text(name), .text(fields.dropLast().joined(separator: "/")), .text(String(attribute)),
                .text(transaction.now), .text(transaction.now),
            ])
    }

    /// Makes a command that returns the attribute of an alias. Clients recognize an unknown alias by the reason `DB_SQLError`.
    private static func aliasAttribute(_ name: String) -> DatabaseCommand {
        self.reading(name, "alias", "device/attribute") { (db, alias: String) -> String in
            guard let attribute = try db.texts("SELECT name FROM attribute_alias WHERE alias = ?", [.text(alias)]).first else {
                throw DevFailed(.databaseSQL, "No attribute has alias \(alias)")
            }
            return attribute
        }
    }

    private static let getAttributeAlias2 = reading("DbGetAttributeAlias2", "device/attribute", "alias") {
        (db, attribute: String) -> String in
        guard let alias = try db.texts("SELECT alias FROM attribute_alias WHERE name = ?", [.text(attribute)]).first else {
            throw DevFailed(.databaseSQL, "No alias is defined for attribute \(attribute)")
        }
        return alias
    }

    private static let attributeAliasList = reading("DbGetAttributeAliasList", "pattern of aliases", "aliases in order of the attributes") {
        (db, alias: String) -> [String] in
        let match = NameMatch(alias)
        return try db.texts(
            "SELECT alias FROM attribute_alias WHERE \(match.condition(on: "alias")) ORDER BY attribute, name", match.arguments)
    }

    private static let deleteAttributeAlias = writing("DbDeleteAttributeAlias", "alias") { (transaction, alias: String) in
        try transaction.connection.run("DELETE FROM attribute_alias WHERE alias = ?", [.text(alias)])
    }
}
