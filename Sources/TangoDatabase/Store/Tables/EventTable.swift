/// The rows of table `event`: the event channels of notifd.
enum EventTable {
    /// One row.
    struct Entry {
        let ior: String
        let version: String
        let host: String
        let exported: Int64
        let pid: Int64
    }

    /// Returns the row of an event channel; `nil` when it is not defined.
    static func entry(_ name: String, in db: any SQLConnection) throws -> Entry? {
        try db.first("SELECT ior, version, host, exported, pid FROM event WHERE name = ?", [.text(name)]) {
            Entry(ior: $0.text(0), version: $0.text(1), host: $0.text(2), exported: $0.number(3), pid: $0.number(4))
        }
    }
}
