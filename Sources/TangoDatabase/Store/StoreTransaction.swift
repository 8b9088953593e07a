import TangoCore

/// What a writing command works with: a connection within a transaction, the date, and the Starters to notify after the commit.
final class StoreTransaction {
    /// The connection, within the transaction.
    let connection: any SQLConnection
    /// Local date of the whole transaction.
    let now = LocalTime.now
    /// Hosts whose Starter is notified of the change after the commit.
    private(set) var hostsToNotify: [String] = []
    private let instance: String

    init(_ connection: any SQLConnection, instance: String) {
        self.connection = connection
        self.instance = instance
    }

    /// Name of the admin device of this database server, in lower case.
    var ownAdminDevice: String { "dserver/databaseds/\(self.instance.tangoFolded)" }

    /// Number of history records kept of a property: property `historyDepth` of the database device, 10 by default.
    lazy var historyDepth: Int = {
        let values = try? PropertyTable.device.values(self.connection, owner: "sys/database/\(self.instance)", name: "historyDepth")
        guard let depth = values?.first.flatMap({ Int($0) }), depth > 0 else { return 10 }
        return depth
    }()

    /// Whether Starters are notified of changes: unless property `FireToStarter` of free object `Default` is `false`.
    lazy var notifiesStarters: Bool = {
        let values = try? PropertyTable.object.values(self.connection, owner: "Default", name: "FireToStarter")
        return values?.first?.tangoFolded != "false"
    }()

    /// Notifies the Starter of a host after the commit; does nothing for hosts that are not known yet.
    func notifyStarter(on host: String) {
        guard self.notifiesStarters, !host.isEmpty, host.tangoFolded != "nada", !self.hostsToNotify.contains(host) else { return }
        self.hostsToNotify.append(host)
    }
}
