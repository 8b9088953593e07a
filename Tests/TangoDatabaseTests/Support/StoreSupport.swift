import TangoCore

@testable import TangoDatabase

extension CommandTable {
    /// Commands on a new database in memory.
    static func inMemory() throws(DevFailed) -> CommandTable { CommandTable(try DatabaseStore.inMemory()) }

    /// Commands on a file.
    convenience init(path: String) throws(DevFailed) {
        self.init(try DatabaseStore(sharing: path))
    }

    /// Answer of a command that takes and answers texts.
    @discardableResult
    func texts(_ command: String, _ argument: [String]) throws(DevFailed) -> [String] {
        Self.texts(of: try self.execute(command, .stringArray(argument)))
    }

    /// Answer of a command that takes one text.
    @discardableResult
    func texts(_ command: String, _ argument: String) throws(DevFailed) -> [String] {
        Self.texts(of: try self.execute(command, .string(argument)))
    }

    func numbers(_ command: String, _ argument: String) throws(DevFailed) -> [Int32] {
        guard case .longStringArray(let value) = try self.execute(command, .string(argument)) else { return [] }
        return value.longs
    }

    /// Answer of a query (`DbMySqlSelect`).
    func select(_ query: String) async throws(DevFailed) -> LongStringArray { try await self.store.select(query, origin: "test") }

    /// Reason why a query fails, `nil` when it does not.
    func refusal(_ query: String) async -> ErrorReason? {
        do {
            _ = try await self.select(query)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Reason of the failure of a command, `nil` when it does not fail.
    func reason(_ command: String, _ argument: [String]) -> ErrorReason? {
        do {
            try self.texts(command, argument)
            return nil
        } catch { return error.reason }
    }

    func reason(_ command: String, _ argument: String) -> ErrorReason? {
        do {
            try self.texts(command, argument)
            return nil
        } catch { return error.reason }
    }

    private static func texts(of data: CommandData) -> [String] {
        switch data {
        case .string(let text): [text]
        case .stringArray(let texts): texts
        case .longStringArray(let value): value.strings
        default: []
        }
    }
}

/// A store with devices `a/b/c` of `Srv/I1`, exported, and `a/b/d` of `Srv2/I1`.
func populatedStore() throws -> CommandTable {
    let store = try CommandTable.inMemory()
    try store.texts("DbAddDevice", ["Srv/I1", "a/b/c", "Cls"])
    try store.texts("DbAddDevice", ["Srv2/I1", "a/b/d", "Cls2"])
    try store.texts("DbExportDevice", ["a/b/c", "IOR:01", "hostA.dom", "1234567", "5"])
    return store
}
