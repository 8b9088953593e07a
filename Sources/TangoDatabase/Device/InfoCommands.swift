import TangoCore

extension DatabaseCommand {
    static let info = general("DbInfo", NoValue.text, "state and size of the database as text") {
        (table, _: NoValue) throws(DevFailed) -> [String] in
        let store = table.store
        let device = "sys/database/\(store.instance)"
        return try store.read(origin: "DbInfo") { db in
            func count(_ rows: String) throws -> Int64 {
                try db.first("SELECT count(*) FROM \(rows)") { $0.number(0) } ?? 0
            }
            func properties(_ text: String, _ table: PropertyTable) throws -> String {
                "\(text) properties defined  = \(try count(table.name)) [History lgth = \(try count(table.historyName))]"
            }
            return [
                "TANGO Database \(device)", " ", "Running since \(store.startDate)", " ",
                "Devices defined  = \(try count("device"))",
                "Devices exported  = \(try count("device WHERE exported = 1"))",
                "Device servers defined  = \(try count("device WHERE class = 'DServer'"))",
                "Device servers exported  = \(try count("device WHERE class = 'DServer' AND exported = 1"))", " ",
                try properties("Device", .device), try properties("Class", .classes),
                try properties("Device attribute", .deviceAttribute), try properties("Class attribute", .classAttribute),
                try properties("Object", .object),
            ]
        }
    }

    static let resetTimings = general("ResetTimingValues", NoValue.text, NoValue.text) {
        (table, _: NoValue) throws(DevFailed) -> NoValue in
        table.timings.reset()
        return NoValue()
    }
}
