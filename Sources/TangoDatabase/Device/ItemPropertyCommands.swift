import TangoCore

/// The commands that attribute and pipe properties share.
extension DatabaseCommand {
    private static func layout(_ table: PropertyTable) -> String {
        let item = table.item ?? ""
        return "\(table.owner), count, then \(item), count, then name, count, values of each property"
    }

    /// Makes a command that takes `[owner, count, {item, count, {name, count, values}}]`.
    ///
    /// The memorized value of one device attribute changes with every write of the attribute, so it is not recorded in the history.
    static func putItems(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        self.writing(name, self.layout(table)) { (transaction, argument: [String]) in
            var reader = ArgumentReader(argument)
            let owner = try reader.text()
            let items = try reader.count()
            for _ in 0..<items {
                let item = try reader.text()
                let properties = try reader.count()
                for _ in 0..<properties {
                    let name = try reader.text()
                    let values = try reader.texts(try reader.count())
                    let isMemorized =
                        table == .deviceAttribute && items == 1 && properties == 1 && name == "__value" && values.count == 1
                    try table.put(owner: owner, item: item, name: name, values: values, isRecorded: !isMemorized, in: transaction)
                }
            }
        }
    }

    /// Makes a command that takes `[owner, count, {item, count, {name, value}}]`, the older form with one value per property.
    static func putSingleValues(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let item = table.item ?? ""
        return self.writing(name, "\(table.owner), count, then \(item), count, then name and value of each property") {
            (transaction, argument: [String]) in
            var reader = ArgumentReader(argument)
            let owner = try reader.text()
            for _ in 0..<(try reader.count()) {
                let item = try reader.text()
                for _ in 0..<(try reader.count()) {
                    try table.put(owner: owner, item: item, name: try reader.text(), values: [try reader.text()], in: transaction)
                }
            }
        }
    }

    /// Makes a command that returns the layout of `putItems`.
    static func getItems(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        self.getting(name, table, self.layout(table)) { $0.write(to: &$1) }
    }

    /// Makes a command that returns the layout of `putSingleValues`: a property with several values appears several times.
    static func getSingleValues(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let item = table.item ?? ""
        let layout = "\(table.owner), count, then \(item), number of values, then name and value of each"
        return self.getting(name, table, layout) { block, answer in
            let pairs = block.properties.flatMap { property in property.values.flatMap { [property.name, $0] } }
            answer.append(String(pairs.count / 2))
            answer += pairs
        }
    }

    private static func getting(
        _ name: String, _ table: PropertyTable, _ layout: String,
        _ write: @escaping @Sendable (PropertyBlock, inout [String]) -> Void
    ) -> DatabaseCommand {
        let item = table.item ?? ""
        return self.reading(name, "\(table.owner), \(item)s", layout) { (db, argument: [String]) -> [String] in
            try argument.require(atLeast: 1, "\(table.owner), \(item)s")
            var answer = [argument[0], String(argument.count - 1)]
            for item in argument.dropFirst() {
                answer.append(item)
                write(try table.block(db, owner: argument[0], item: item), &answer)
            }
            return answer
        }
    }

    /// Returns the name of the owner; device names must be well formed.
    /// - Throws: `DB_IncorrectDeviceName`.
    private static func owner(_ text: String, _ table: PropertyTable) throws(DevFailed) -> String {
        table.owner == "device" ? try DeviceTable.checkedName(text) : text
    }

    /// Makes a command that takes `[owner, item, names]` and deletes these properties.
    static func deleteProperties(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let layout = "\(table.owner), \(table.item ?? ""), property names"
        return self.writing(name, layout) { (transaction, argument: [String]) in
            try argument.require(atLeast: 3, layout)
            let owner = try self.owner(argument[0], table)
            for name in argument.dropFirst(2) {
                try table.delete(owner: owner, item: argument[1], name: name, in: transaction)
            }
        }
    }

    /// Makes a command that takes `[owner, items]` and deletes all properties of these items, recorded in the history.
    static func deleteAllProperties(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let layout = "\(table.owner), \(table.item ?? "")s"
        return self.writing(name, layout) { (transaction, argument: [String]) in
            try argument.require(atLeast: 2, layout)
            let owner = try self.owner(argument[0], table)
            for item in argument.dropFirst() {
                try table.delete(owner: owner, item: item, pattern: "*", in: transaction)
            }
        }
    }

    /// Makes a command that takes `[owner, item]` and deletes all properties of the item, not recorded in the history.
    static func deleteItem(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let layout = "\(table.owner), \(table.item ?? "")"
        return self.writing(name, layout) { (transaction, argument: [String]) in
            try argument.require(atLeast: 2, layout)
            try table.deleteItem(owner: try self.owner(argument[0], table), item: argument[1], in: transaction)
        }
    }

    /// Makes a command that takes `[owner, pattern]` and returns the items that have properties.
    static func listItems(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let item = table.item ?? ""
        return self.reading(name, "\(table.owner), pattern of \(item)s", "\(item)s that have properties") {
            (db, argument: [String]) -> [String] in
            try argument.require(atLeast: 2, "\(table.owner), pattern")
            return try table.list(db, owner: argument[0], pattern: argument[1])
        }
    }
}
