import TangoCore

extension DatabaseCommand {
    static let exportCommands = [exportDevice, unexportDevice, unexportServer, importDevice]

    /// Longest version text that fits the column of other Tango databases.
    static let maximumVersionLength = 8

    private static let exportDevice = writing("DbExportDevice", "device, IOR, host, process id or null, version") {
        (transaction, argument: [String]) in
        try argument.require(atLeast: 5, "device, IOR, host, pid, version")
        let db = transaction.connection
        let (device, ior, host, version) = (argument[0], argument[1], argument[2], argument[4])
        let pid = argument[3].tangoFolded == "null" ? -1 : try columnNumber(argument[3], "pid")
        guard version.unicodeScalars.count <= DatabaseCommand.maximumVersionLength else {
            throw DevFailed(.databaseSQL, "Version \(version) is too long")
        }
        guard let previous = try DeviceTable.entry(device, in: db) else {
            throw DevFailed(.databaseDeviceNotDefined, "Device \(device) is not defined in the database")
        }
        try db.run(
            "UPDATE device SET exported = 1, ior = ?, host = ?, pid = ?, version = ?, started = ? WHERE name = ?",
            [
                .text(ior), .text(host), .number(pid), .text(version), .text(transaction.now), .text(device),
            ])
        try db.run("UPDATE server SET host = ? WHERE name = ?", [.text(host), .text(previous.server)])
        let folded = device.tangoFolded
        if folded.hasPrefix("dserver/"), !folded.hasPrefix("dserver/starter/"), folded != transaction.ownAdminDevice {
            transaction.notifyStarter(on: host)
            if !previous.host.isSameName(as: host) { transaction.notifyStarter(on: previous.host) }
        }
    }

    private static let unexportDevice = writing("DbUnExportDevice", "device") { (transaction, device: String) in
        try transaction.connection.run(
            "UPDATE device SET exported = 0, stopped = ? WHERE name = ?", [.text(transaction.now), .text(device)])
    }

    private static let unexportServer = writing("DbUnExportServer", "server/instance") { (transaction, server: String) in
        try transaction.connection.run(
            "UPDATE device SET exported = 0, stopped = ? WHERE server = ?", [.text(transaction.now), .text(server)])
    }

    private static let importDevice = reading(
        "DbImportDevice", "device or alias", "numbers: exported, process id; texts: device, IOR, version, server, host, class"
    ) { (db, name: String) -> LongStringArray in
        let entry = try DeviceTable.defined(name, in: db)
        return LongStringArray(
            longs: [Int32(clamping: entry.exported), Int32(clamping: entry.pid)],
            strings: [
                name.tangoFolded, entry.ior, entry.version, entry.server, entry.host, entry.deviceClass,
            ])
    }
}
