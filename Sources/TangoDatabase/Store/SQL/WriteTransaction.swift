import GRDB
import TangoCore

/// What a writing command works with: the database inside its transaction, the date, and whom to tell afterwards.
final class WriteTransaction {
    let db: Database
    /// Local date of the whole transaction.
    let now = LocalTime.now
    /// Hosts whose Starter hears of the change once it is committed.
    private(set) var hostsToTell: [String] = []
    private let instance: String

    init(db: Database, instance: String) {
        self.db = db
        self.instance = instance
    }

    /// Folded name of the administration device of this database server.
    var ownAdministrationDevice: String { "dserver/databaseds/\(self.instance.tangoFolded)" }

    /// How many history records of a property are kept: property `historyDepth` of the database device, 10 by default.
    lazy var historyDepth: Int = {
        let values = try? PropertyTable.device.values(self.db, owner: "sys/database/\(self.instance)", name: "historyDepth")
        guard let depth = values?.first.flatMap({ Int($0) }), depth > 0 else { return 10 }
        return depth
    }()

    /// Whether changes are told to the Starter: unless property `FireToStarter` of free object `Default` is `false`.
    lazy var tellsStarter: Bool = {
        let values = try? PropertyTable.object.values(self.db, owner: "Default", name: "FireToStarter")
        return values?.first?.tangoFolded != "false"
    }()

    /// Has the Starter of a host told. Not for hosts that are not known yet.
    func tellStarter(of host: String) {
        guard self.tellsStarter, !host.isEmpty, host.tangoFolded != "nada", !self.hostsToTell.contains(host) else { return }
        self.hostsToTell.append(host)
    }
}
