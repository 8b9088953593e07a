import TangoCore

extension DatabaseClient {
    /// Aliases with their devices: in one call (`DbMySqlSelect`), or from a database that does not answer it one by one.
    package func aliasedDevices() async throws(DevFailed) -> [(alias: String, device: String)] {
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
        return await withTaskGroup(of: (alias: String, device: String)?.self) { group in
            var pairs: [(alias: String, device: String)] = []
            for (index, alias) in aliases.enumerated() {
                if index >= 16, let pair = await group.next() ?? nil { pairs.append(pair) }
                group.addTask {
                    // An alias removed meanwhile is left out.
                    guard let device = try? await self.device(ofAlias: alias) else { return nil }
                    return (alias, device)
                }
            }
            for await pair in group { if let pair { pairs.append(pair) } }
            return pairs
        }
    }

    /// Rows of two columns; the numbers end with how many rows and columns there are.
    private static func pairs(_ strings: [String], _ numbers: [Int32]) -> [(alias: String, device: String)]? {
        guard numbers.count >= 2, numbers[numbers.count - 1] == 2 || strings.isEmpty, strings.count == 2 * Int(numbers[numbers.count - 2])
        else { return nil }
        return stride(from: 0, to: strings.count, by: 2).map { (strings[$0], strings[$0 + 1]) }
    }
}
