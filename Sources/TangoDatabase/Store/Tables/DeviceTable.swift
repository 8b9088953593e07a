import TangoCore

/// The rows of table `device`.
enum DeviceTable {
    /// One row, without alias and fields of the name.
    struct Entry {
        let name: String
        let ior: String
        let version: String
        let server: String
        let host: String
        let exported: Int64
        let pid: Int64
        let deviceClass: String
        let started: String?
        let stopped: String?

        init(_ row: any SQLRow) {
            self.name = row.text(0)
            self.ior = row.text(1)
            self.version = row.text(2)
            self.server = row.text(3)
            self.host = row.text(4)
            self.exported = row.number(5)
            self.pid = row.number(6)
            self.deviceClass = row.text(7)
            self.started = row.optionalText(8)
            self.stopped = row.optionalText(9)
        }
    }

    private static let columns = "name, ior, version, server, host, exported, pid, class, started, stopped"

    /// Returns the row of a device; `nil` when it is not defined.
    static func entry(_ device: String, in db: any SQLConnection) throws -> Entry? {
        try db.first("SELECT \(self.columns) FROM device WHERE name = ?", [.text(device)], Entry.init)
    }

    /// Returns the row of a device given by name or alias; `nil` when it is not defined.
    static func entry(nameOrAlias: String, in db: any SQLConnection) throws -> Entry? {
        if let entry = try self.entry(nameOrAlias, in: db) { return entry }
        return try db.first("SELECT \(self.columns) FROM device WHERE alias = ?", [.text(nameOrAlias)], Entry.init)
    }

    /// Returns the row of a device given by name or alias.
    /// - Throws: `DB_DeviceNotDefined`.
    static func defined(_ nameOrAlias: String, in db: any SQLConnection) throws -> Entry {
        guard let entry = try self.entry(nameOrAlias: nameOrAlias, in: db) else {
            throw DevFailed(
                .databaseDeviceNotDefined, "Device \(nameOrAlias) is not defined in the database")
        }
        return entry
    }

    /// Returns whether a device is defined.
    static func contains(_ device: String, in db: any SQLConnection) throws -> Bool {
        try db.exists("SELECT 1 FROM device WHERE name = ?", [.text(device)])
    }

    /// Adds a device that is not exported. Replaces one of the same name, even of another server.
    static func insert(
        _ device: String, deviceClass: String, server: String, alias: String? = nil, version: String = "0", in db: any SQLConnection
    ) throws {
        let fields = self.fields(of: device)
        try db.run("DELETE FROM device WHERE name = ?", [.text(device)])
        try db.run(
            """
            INSERT INTO device (name, alias, domain, family, member, exported, ior, host, server, pid, class, version)
            VALUES (?, ?, ?, ?, ?, 0, 'nada', 'nada', ?, 0, ?, ?)
            """,
            [
                .text(device), alias.map { .text($0) } ?? .null, .text(fields.domain), .text(fields.family), .text(fields.member),
                .text(server), .text(deviceClass), .text(version),
            ])
    }

    /// Splits a name into domain, family and the rest.
    static func fields(of device: String) -> (domain: String, family: String, member: String) {
        let fields = device.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        return (fields.first ?? "", fields.dropFirst().first ?? "", fields.dropFirst(2).first ?? "")
    }

    /// Checks the form of a device name; returns it without protocol and database.
    /// - Throws: `DB_IncorrectDeviceName`.
    static func checkedName(_ text: String) throws(DevFailed) -> String {
        var name = Substring(text)
        for prefix in ["tango:", "taco:"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
            break
        }
        if name.hasPrefix("//") {
            let rest = name.dropFirst(2)
            name = rest.firstIndex(of: "/").map { rest[rest.index(after: $0)...] } ?? ""
        }
        guard !text.contains("*"), !name.hasPrefix("/"), name.count(where: { $0 == "/" }) >= 2 else {
            throw DevFailed(.databaseIncorrectDeviceName, "\(text) is not a device name (domain/family/member)")
        }
        return String(name)
    }

    /// Deletes a device with its properties, attribute and pipe properties and attribute aliases. Keeps the histories.
    static func delete(_ device: String, in db: any SQLConnection) throws {
        try db.run("DELETE FROM device WHERE name = ?", [.text(device)])
        for table in [PropertyTable.device, .deviceAttribute, .devicePipe] {
            try db.run("DELETE FROM \(table.name) WHERE device = ?", [.text(device)])
        }
        try db.run("DELETE FROM attribute_alias WHERE device = ?", [.text(device)])
    }
}
