import TangoCore

extension DatabaseCommand {
    static let eventCommands = [exportEvent, importEvent, unexportEvent]

    private static let exportEvent = writing("DbExportEvent", "event channel, IOR, host, process id, version") {
        (transaction, argument: [String]) in
        try argument.require(atLeast: 5, "name, IOR, host, pid, version")
        guard argument[4].unicodeScalars.count <= DatabaseCommand.maximumVersionLength else {
            throw DevFailed(.databaseSQL, "Version \(argument[4]) is too long")
        }
        let name = SQLValue.text(argument[0].tangoFolded)
        try transaction.connection.run(
            """
            INSERT OR REPLACE INTO event (name, exported, ior, host, server, pid, version, started)
            VALUES (?, 1, ?, ?, ?, ?, ?, ?)
            """,
            [
                name, .text(argument[1]), .text(argument[2]), name, .number(try columnNumber(argument[3], "pid")), .text(argument[4]),
                .text(transaction.now),
            ])
    }

    private static let importEvent = reading(
        "DbImportEvent", "event channel", "numbers: exported, process id; texts: name, IOR, version, host"
    ) { (db, name: String) -> LongStringArray in
        guard let event = try EventTable.entry(name, in: db) else {
            throw DevFailed(.databaseDeviceNotDefined, "Event channel \(name) is not defined in the database")
        }
        return LongStringArray(
            longs: [Int32(clamping: event.exported), Int32(clamping: event.pid)],
            strings: [name.tangoFolded, event.ior, event.version, event.host])
    }

    private static let unexportEvent = writing("DbUnExportEvent", "event channel") { (transaction, name: String) in
        try transaction.connection.run("UPDATE event SET exported = 0, stopped = ? WHERE name = ?", [.text(transaction.now), .text(name)])
    }
}
