import TangoCore

extension DatabaseCommand {
    static let deviceCommands = [addDevice, deleteDevice, getDeviceInfo]

    private static let addDevice = writing("DbAddDevice", "server/instance, device, class, alias (optional)") {
        (transaction, argument: [String]) in
        try argument.require(atLeast: 3, "server, device, class")
        let server = argument[0]
        let device = try DeviceTable.checkedName(argument[1])
        let alias = argument.count > 3 && !argument[3].isEmpty ? argument[3] : nil
        try DeviceTable.insert(device, deviceClass: argument[2], server: server, alias: alias, in: transaction.connection)
        if try !transaction.connection.exists("SELECT 1 FROM device WHERE server = ? AND class = 'DServer'", [.text(server)]) {
            try DeviceTable.insert("dserver/\(server)", deviceClass: "DServer", server: server, in: transaction.connection)
        }
    }

    private static let deleteDevice = writing("DbDeleteDevice", "device") { (transaction, device: String) in
        try DeviceTable.delete(try DeviceTable.checkedName(device), in: transaction.connection)
    }

    private static let getDeviceInfo = reading(
        "DbGetDeviceInfo", "device or alias",
        "numbers: exported, process id; texts: device, IOR, version, server, host, started, stopped, class"
    ) { (db, name: String) -> LongStringArray in
        let entry = try DeviceTable.defined(name, in: db)
        return LongStringArray(
            longs: [Int32(clamping: entry.exported), Int32(clamping: entry.pid)],
            strings: [
                name.tangoFolded, entry.ior, entry.version, entry.server, entry.host, LocalTime.spelledOut(entry.started),
                LocalTime.spelledOut(entry.stopped), entry.deviceClass,
            ])
    }
}
