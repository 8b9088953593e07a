import NIOCore
public import TangoCore

/// An alias and the device it names.
public struct DeviceAlias: Sendable, Hashable {
    /// The alias.
    public var alias: String
    /// `domain/family/member`.
    public var device: String

    /// An alias of a device.
    public init(alias: String, device: String) {
        self.alias = alias
        self.device = device
    }
}

extension DatabaseClient {
    /// Returns the alias of a device; `nil` when it has none.
    public func alias(ofDevice name: String) async throws(DevFailed) -> String? {
        do {
            return try await self.string("DbGetDeviceAlias", .name(name, .devices))
        } catch  where error.reason == .databaseAliasNotDefined {
            return nil
        }
    }

    /// Returns aliases of devices; `*` in the pattern stands for any text.
    public func aliases(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.names(matching: wildcard, "DbGetDeviceAliasList")
    }

    /// Returns the device that an alias names.
    /// - Throws: `DB_AliasNotDefined`.
    public func device(ofAlias alias: String) async throws(DevFailed) -> String {
        try await self.string("DbGetAliasDevice", .name(alias, .deviceAliases))
    }

    func device(ofAlias alias: String, deadline: NIODeadline) async throws(DevFailed) -> String {
        guard
            case .string(let name) = try await self.uncheckedCommand("DbGetAliasDevice", .name(alias, .deviceAliases), deadline: deadline)
        else { throw self.wrongAnswer("DbGetAliasDevice") }
        return name
    }

    /// Gives a device an alias.
    public func putAlias(_ alias: String, ofDevice device: String) async throws(DevFailed) {
        try await self.command("DbPutDeviceAlias", [.name(device, .devices), .name(alias, .deviceAliases)])
    }

    /// Removes an alias.
    public func deleteAlias(_ alias: String) async throws(DevFailed) {
        try await self.command("DbDeleteDeviceAlias", .name(alias, .deviceAliases))
    }

    /// Returns all aliases with their devices: in one call (`DbMySqlSelect`), or one by one from a database that does not answer that.
    public func aliasedDevices() async throws(DevFailed) -> [DeviceAlias] {
        do {
            let query = "SELECT alias, name FROM device WHERE alias IS NOT NULL"
            if case .longStringArray(let answer) = try await self.command("DbMySqlSelect", .string(query)),
                let pairs = Self.pairs(answer.strings, answer.longs)
            {
                return pairs.filter { !$0.alias.isEmpty }
            }
        } catch  where error.errors.contains(where: { [.cantConnectToDatabase, .deviceTimedOut].contains($0.reason) }) {
            throw error
        } catch {
            // Not a database of SQL.
        }
        let aliases = try await self.aliases(matching: "*")
        return await withTaskGroup(of: DeviceAlias?.self) { group in
            var pairs: [DeviceAlias] = []
            for (index, alias) in aliases.enumerated() {
                if index >= 16, let pair = await group.next() ?? nil { pairs.append(pair) }
                group.addTask {
                    // An alias removed meanwhile is left out.
                    guard let device = try? await self.device(ofAlias: alias) else { return nil }
                    return DeviceAlias(alias: alias, device: device)
                }
            }
            for await pair in group { if let pair { pairs.append(pair) } }
            return pairs
        }
    }

    /// Rows of two columns; the numbers end with how many rows and columns there are.
    private static func pairs(_ strings: [String], _ numbers: [Int32]) -> [DeviceAlias]? {
        guard numbers.count >= 2, numbers[numbers.count - 1] == 2 || strings.isEmpty, strings.count.isMultiple(of: 2),
            strings.count / 2 == Int(numbers[numbers.count - 2])
        else { return nil }
        return stride(from: 0, to: strings.count, by: 2).map { DeviceAlias(alias: strings[$0], device: strings[$0 + 1]) }
    }
}
