import GRDB
import TangoCore

/// Rows of table `device`.
enum DeviceTable {
    /// What an import answers, in the order of the columns `importColumns`.
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

        init(_ row: Row) {
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

    /// The row of a device.
    static func entry(_ device: String, in db: Database) throws -> Entry? {
        try db.first("SELECT \(self.columns) FROM device WHERE name = ?", [.text(device)], Entry.init)
    }

    /// The row of a device given by name or alias.
    static func entry(nameOrAlias: String, in db: Database) throws -> Entry? {
        if let entry = try self.entry(nameOrAlias, in: db) { return entry }
        return try db.first("SELECT \(self.columns) FROM device WHERE alias = ?", [.text(nameOrAlias)], Entry.init)
    }

    static func contains(_ device: String, in db: Database) throws -> Bool {
        try db.exists("SELECT 1 FROM device WHERE name = ?", [.text(device)])
    }

    /// Adds a device that is not exported. An existing one of that name is replaced, whatever its server.
    static func insert(
        _ device: String, deviceClass: String, server: String, alias: String? = nil, version: String = "0", in db: Database
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

    /// Domain, family, and the rest.
    static func fields(of device: String) -> (domain: String, family: String, member: String) {
        let fields = device.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        return (fields.first ?? "", fields.dropFirst().first ?? "", fields.dropFirst(2).first ?? "")
    }

    /// Checks the form of a device name; answers it without protocol and database in front.
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
            throw DevFailed(.databaseIncorrectDeviceName, "\(text) is no device name (domain/family/member)")
        }
        return String(name)
    }

    /// Removes a device with its properties, attribute and pipe properties and attribute aliases. Histories stay.
    static func delete(_ device: String, in db: Database) throws {
        try db.run("DELETE FROM device WHERE name = ?", [.text(device)])
        for table in [PropertyTable.device, .deviceAttribute, .devicePipe] {
            try db.run("DELETE FROM \(table.name) WHERE device = ?", [.text(device)])
        }
        try db.run("DELETE FROM attribute_alias WHERE device = ?", [.text(device)])
    }
}
