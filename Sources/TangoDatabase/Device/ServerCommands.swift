import TangoCore

extension DatabaseCommand {
    static let serverCommands = [
        addServer, deleteServer, renameServer, getServerInfo, putServerInfo, deleteServerInfo,
    ]

    private static let addServer = writing("DbAddServer", "server/instance, then device and class of each device") {
        (transaction, argument: [String]) in
        try argument.require(atLeast: 3, "server, device, class, ...")
        let server = argument[0]
        var devices: [(name: String, deviceClass: String)] = []
        for index in stride(from: 1, to: argument.count - 1, by: 2) {
            devices.append((try DeviceTable.checkedName(argument[index]), argument[index + 1]))
        }
        devices.append(("dserver/\(server)", "DServer"))
        for device in devices {
            try DeviceTable.insert(device.name, deviceClass: device.deviceClass, server: server, in: transaction.connection)
        }
    }

    private static let deleteServer = writing("DbDeleteServer", "server/instance") { (transaction, server: String) in
        let db = transaction.connection
        let devices = try db.texts("SELECT name FROM device WHERE server = ?", [.text(server)])
        let adminDevice = try DeviceTable.entry("dserver/\(server)", in: db)
        guard !server.contains(where: { $0 == "*" || $0 == "%" }), server.contains("/"), !devices.isEmpty || adminDevice != nil else {
            throw DevFailed(.databaseIncorrectServerName, "\(server) is not a server of the database")
        }
        for device in devices + ["dserver/\(server)"] {
            try DeviceTable.delete(device, in: db)
        }
        transaction.notifyStarter(on: adminDevice?.host ?? "")
    }

    private static let renameServer = writing("DbRenameServer", "old server/instance, new server/instance") {
        (transaction, argument: [String]) in
        guard argument.count == 2 else {
            throw DevFailed("DB_WrongArgNUmber", "\(argument.count) elements given, exactly 2 needed: old and new server name")
        }
        let db = transaction.connection
        let (old, new) = (argument[0], argument[1])
        let (oldDevice, newDevice) = ("dserver/\(old)", "dserver/\(new)")
        guard old.contains("/"), new.contains("/") else {
            throw DevFailed("Db_WrongArgument", "Server names are server/instance, not \(old), \(new)")
        }
        guard try !DeviceTable.contains(newDevice, in: db) else {
            throw DevFailed("Db_WrongArgument", "Server \(new) exists in the database")
        }
        guard let adminDevice = try DeviceTable.entry(oldDevice, in: db) else {
            throw DevFailed(.databaseIncorrectServerName, "Server \(old) is not defined in the database")
        }
        let fields = DeviceTable.fields(of: newDevice)
        try db.run("UPDATE device SET server = ? WHERE server = ?", [.text(new), .text(old)])
        try db.run(
            "UPDATE device SET name = ?, family = ?, member = ?, server = ? WHERE name = ?",
            [.text(newDevice), .text(fields.family), .text(fields.member), .text(new), .text(oldDevice)])
        for table in [PropertyTable.device, .deviceAttribute] {
            try db.run("DELETE FROM \(table.name) WHERE device = ?", [.text(newDevice)])
            try db.run("UPDATE \(table.name) SET device = ? WHERE device = ?", [.text(newDevice), .text(oldDevice)])
        }
        transaction.notifyStarter(on: adminDevice.host)
    }

    private static let getServerInfo = reading("DbGetServerInfo", "server/instance", "server, host, mode, start-up level") {
        (db, server: String) -> [String] in
        let row = try db.texts("SELECT host, mode, level FROM server WHERE name = ?", [.text(server)])
        return [server] + (row.isEmpty ? [" ", " ", " "] : row)
    }

    private static let putServerInfo = writing("DbPutServerInfo", "server/instance, host, mode (1: started by Starter), start-up level") {
        (transaction, argument: [String]) in
        try argument.require(atLeast: 4, "server, host, mode, level")
        let (server, host) = (argument[0], argument[1])
        let mode = try columnNumber(argument[2], "mode")
        let level = try columnNumber(argument[3], "level")
        if transaction.notifiesStarters {
            if host.isEmpty {
                guard let adminDevice = try DeviceTable.entry("dserver/\(server)", in: transaction.connection) else {
                    throw DevFailed(.databaseDeviceNotDefined, "Device dserver/\(server) is not defined in the database")
                }
                transaction.notifyStarter(on: adminDevice.host)
            } else {
                transaction.notifyStarter(on: host)
            }
        }
        try transaction.connection.run(
            "INSERT OR REPLACE INTO server (name, host, mode, level) VALUES (?, ?, ?, ?)",
            [.text(server.tangoFolded), .text(host), .number(mode), .number(level)])
    }

    private static let deleteServerInfo = writing("DbDeleteServerInfo", "server/instance") { (transaction, server: String) in
        try transaction.connection.run("DELETE FROM server WHERE name = ?", [.text(server)])
    }
}
