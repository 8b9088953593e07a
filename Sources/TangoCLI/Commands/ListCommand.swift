import ArgumentParser
import TangoClient
import TangoCore

/// `tango list`
struct ListCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the devices of the control system.")

    @Argument(help: "Devices to list; * matches any text.", completion: Completion.devices)
    var wildcard = "*"

    @Flag(help: "List only running devices.")
    var exported = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let (all, exported) = try await session.attempt("list devices") { () async throws(DevFailed) in
            let database = try session.system.database()
            let exported = try await database.devices(matching: self.wildcard, exportedOnly: true)
            return (self.exported ? exported : try await database.devices(matching: self.wildcard), Set(exported.map(\.tangoFolded)))
        }
        let rows = all.map { (name: $0, isExported: exported.contains($0.tangoFolded)) }
        session.output(Self.table(rows), json: Self.json(rows))
    }

    static func table(_ rows: [(name: String, isExported: Bool)]) -> Table {
        Table(columns: [.init("")], rows: rows.map { [.init($0.name, style: $0.isExported ? .green : .dim)] })
    }

    static func json(_ rows: [(name: String, isExported: Bool)]) -> JSONValue {
        .array(rows.map { .object([.init("name", .string($0.name)), .init("exported", .bool($0.isExported))]) })
    }
}
