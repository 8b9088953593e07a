import TangoCore
import TangoWire

extension DatabaseCommand {
    static let listCommands =
        [
            deviceWideList, exportedDeviceList, deviceFieldList("Domain"), deviceFieldList("Family"), deviceFieldList("Member"),
            deviceList, serverList, serverNameList, instanceNameList, hostList, hostServerList, hostServersInfo, databaseServerList,
        ]

    /// Makes a command that returns the distinct values of a column, sorted, of the devices where a column matches the argument.
    static func columnList(_ name: String, _ input: String, _ output: String, column: String, match: String, and further: String = "")
        -> DatabaseCommand
    {
        self.reading(name, input, output) { (db, pattern: String) -> [String] in
            let match = (NameMatch(pattern), match)
            return try db.texts(
                "SELECT DISTINCT \(column) FROM device WHERE \(match.0.condition(on: match.1))\(further) ORDER BY \(column)",
                match.0.arguments)
        }
    }

    private static let deviceWideList = columnList(
        "DbGetDeviceWideList", "pattern of device names", "devices", column: "name", match: "name")

    private static let exportedDeviceList = reading("DbGetDeviceExportedList", "pattern of device names or aliases", "exported devices") {
        (db, pattern: String) -> [String] in
        let match = NameMatch(pattern)
        return try db.texts(
            """
            SELECT name FROM device WHERE exported = 1 AND ((\(match.condition(on: "name"))) OR (\(match.condition(on: "alias"))))
            ORDER BY name
            """,
            match.arguments + match.arguments)
    }

    private static func deviceFieldList(_ field: String) -> DatabaseCommand {
        self.reading("DbGetDevice\(field)List", "pattern of device names or aliases", "\(field.tangoFolded) fields") {
            (db, pattern: String) -> [String] in
            let match = NameMatch(pattern)
            let column = field.tangoFolded
            return try db.texts(
                """
                SELECT DISTINCT \(column) FROM device
                WHERE (\(match.condition(on: "name"))) OR (\(match.condition(on: "alias"))) ORDER BY \(column)
                """,
                match.arguments + match.arguments)
        }
    }

    private static let deviceList = reading("DbGetDeviceList", "pattern of servers, pattern of classes", "devices") {
        (db, argument: [String]) -> [String] in
        try argument.require(exactly: 2, "server, class")
        let server = NameMatch(argument[0])
        let deviceClass = NameMatch(argument[1])
        return try db.texts(
            """
            SELECT name FROM device WHERE \(server.condition(on: "server")) AND \(deviceClass.condition(on: "class")) ORDER BY name
            """,
            server.arguments + deviceClass.arguments)
    }

    private static let serverList = columnList(
        "DbGetServerList", "pattern of servers", "servers", column: "server", match: "server")

    private static let serverNameList = reading("DbGetServerNameList", "pattern of servers", "executables") {
        (db, pattern: String) -> [String] in
        let match = NameMatch(pattern)
        let servers = try db.texts(
            "SELECT DISTINCT server FROM device WHERE \(match.condition(on: "server")) ORDER BY server", match.arguments)
        var seen: Set<String> = []
        return servers.map { String($0.prefix { $0 != "/" }) }.filter { seen.insert($0.tangoFolded).inserted }
    }

    private static let instanceNameList = reading("DbGetInstanceNameList", "executable", "instances") {
        (db, executable: String) -> [String] in
        let match = NameMatch("\(executable)/*")
        return try db.texts(
            """
            SELECT DISTINCT substr(server, instr(server, '/') + 1) COLLATE TANGO AS instance FROM device
            WHERE \(match.condition(on: "server")) ORDER BY instance
            """,
            match.arguments)
    }

    private static let hostList = columnList("DbGetHostList", "pattern of hosts", "hosts", column: "host", match: "host")

    /// Returns columns of the servers whose admin device runs on a matching host, with or without its domain.
    private static func servers(
        onHost pattern: String, _ columns: String, _ join: String, _ db: any SQLConnection
    ) throws -> [String] {
        let host = NameMatch(pattern)
        let qualified = NameMatch("\(pattern).*")
        return try db.texts(
            """
            SELECT DISTINCT \(columns) FROM device \(join)
            WHERE device.domain = 'dserver'
                AND ((\(host.condition(on: "device.host"))) OR (\(qualified.condition(on: "device.host"))))
            ORDER BY device.server
            """,
            host.arguments + qualified.arguments)
    }

    private static let hostServerList = reading("DbGetHostServerList", "pattern of hosts", "servers") { (db, host: String) -> [String] in
        try DatabaseCommand.servers(onHost: host, "device.server", "", db)
    }

    private static let hostServersInfo = reading("DbGetHostServersInfo", "host", "server, mode, start-up level of each server") {
        (db, host: String) -> [String] in
        try DatabaseCommand.servers(
            onHost: host, "device.server, ifnull(server.mode, ' '), ifnull(server.level, ' ')",
            "LEFT JOIN server ON server.name = device.server", db)
    }

    private static let databaseServerList = general("DbGetCSDbServerList", NoValue.text, "host:port of each database server") {
        (table, _: NoValue) throws(DevFailed) -> [String] in
        let name = "DbGetCSDbServerList"
        let match = NameMatch("sys/database/*")
        let references = try table.store.read(origin: name) { db in
            try db.texts("SELECT ior FROM device WHERE exported = 1 AND \(match.condition(on: "name")) ORDER BY name", match.arguments)
        }
        var servers: [String] = []
        for reference in references {
            guard let profile = (try? IOR(parsing: reference))?.iiopProfile else {
                throw DevFailed("DB_WrongIORForDbServer", "The object reference of a database server is unreadable", origin: name)
            }
            servers.append("\(TangoHost(host: profile.host, port: Int(profile.port)))")
        }
        return servers
    }
}
