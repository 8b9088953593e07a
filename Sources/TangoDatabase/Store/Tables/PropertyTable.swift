import TangoCore

/// One of the seven property tables with its history. They differ in the owner, and some have an item (attribute or pipe).
struct PropertyTable: Sendable, Hashable {
    let name: String
    /// Column of the device, class or free object.
    let owner: String
    /// Column of the attribute or pipe.
    let item: String?
    /// Table with the last history ID.
    let sequenceName: String

    static let object = PropertyTable(name: "property", owner: "object", item: nil, sequenceName: "object_history_id")
    static let classes = PropertyTable(name: "property_class", owner: "class", item: nil, sequenceName: "class_history_id")
    static let device = PropertyTable(name: "property_device", owner: "device", item: nil, sequenceName: "device_history_id")
    static let classAttribute = PropertyTable(
        name: "property_attribute_class", owner: "class", item: "attribute", sequenceName: "class_attribute_history_id")
    static let deviceAttribute = PropertyTable(
        name: "property_attribute_device", owner: "device", item: "attribute", sequenceName: "device_attribute_history_id")
    static let classPipe = PropertyTable(name: "property_pipe_class", owner: "class", item: "pipe", sequenceName: "class_pipe_history_id")
    static let devicePipe = PropertyTable(
        name: "property_pipe_device", owner: "device", item: "pipe", sequenceName: "device_pipe_history_id")

    static let all = [
        object, classes, device, classAttribute, deviceAttribute, classPipe, devicePipe,
    ]

    var historyName: String { "\(self.name)_hist" }

    /// Owner, item where there is one, and property name.
    var nameColumns: [String] { [self.owner] + (self.item.map { [$0] } ?? []) + ["name"] }

    private var nameCondition: String { self.nameColumns.map { "\($0) = ?" }.joined(separator: " AND ") }

    private func arguments(_ owner: String, _ item: String?, _ name: String) -> [SQLValue] {
        [.text(owner)] + (self.item == nil ? [] : [.text(item ?? "")]) + [.text(name)]
    }

    // MARK: - Writing

    /// Replaces the values of a property; without values it is undefined. Records the new values in the history.
    func put(
        owner: String, item: String? = nil, name: String, values: [String], isRecorded: Bool = true, in transaction: StoreTransaction
    ) throws {
        try transaction.connection.run("DELETE FROM \(self.name) WHERE \(self.nameCondition)", self.arguments(owner, item, name))
        guard !values.isEmpty else { return }
        try self.insert(owner: owner, item: item, name: name, values: values, date: transaction.now, in: transaction.connection)
        if isRecorded {
            let elements = values.enumerated().map { (count: $0 + 1, value: $1) }
            try self.record(owner: owner, item: item, name: name, elements: elements, in: transaction)
        }
    }

    /// Adds the rows of an undefined property.
    func insert(
        owner: String, item: String? = nil, name: String, values: [String], date: String, in db: any SQLConnection
    ) throws {
        let names = self.arguments(owner, item, name)
        let marks = Array(repeating: "?", count: names.count + 4).joined(separator: ", ")
        let sql =
            "INSERT INTO \(self.name) (\(self.nameColumns.joined(separator: ", ")), count, value, updated, accessed) VALUES (\(marks))"
        for (index, value) in values.enumerated() {
            try db.run(sql, names + [.number(index + 1), .text(value), .text(date), .text(date)])
        }
    }

    /// Deletes the properties that match a pattern and records their deletion.
    func delete(owner: String, item: String? = nil, pattern: String, in transaction: StoreTransaction) throws {
        try self.delete(
            self.names(owner: owner, item: item, matching: NameMatch(pattern), in: transaction.connection), owner: owner, in: transaction)
    }

    /// Deletes one property and records its deletion.
    func delete(owner: String, item: String, name: String, in transaction: StoreTransaction) throws {
        try self.delete(
            self.names(owner: owner, item: item, matching: NameMatch(literal: name), in: transaction.connection), owner: owner,
            in: transaction)
    }

    private func delete(
        _ names: [(item: String?, name: String)], owner: String, in transaction: StoreTransaction
    ) throws {
        for (item, name) in names {
            try transaction.connection.run("DELETE FROM \(self.name) WHERE \(self.nameCondition)", self.arguments(owner, item, name))
            try self.record(owner: owner, item: item, name: name, elements: [(0, "DELETED")], in: transaction)
        }
    }

    /// Deletes all properties of an attribute or pipe; not recorded in the history.
    func deleteItem(owner: String, item: String, in transaction: StoreTransaction) throws {
        try transaction.connection.run(
            "DELETE FROM \(self.name) WHERE \(self.owner) = ? AND \(self.item ?? "name") = ?", [.text(owner), .text(item)])
    }

    /// Returns the stored names of the matching properties.
    private func names(
        owner: String, item: String?, matching match: NameMatch, in db: any SQLConnection
    ) throws -> [(item: String?, name: String)] {
        let condition = "\(self.owner) = ?\(self.item.map { " AND \($0) = ?" } ?? "") AND \(match.condition(on: "name"))"
        let arguments = [.text(owner)] + (self.item == nil ? [] : [.text(item ?? "")]) + match.arguments
        return try db.rows(
            "SELECT \(self.item ?? "NULL"), name FROM \(self.name) WHERE \(condition) AND count = 1 ORDER BY name", arguments
        ) { ($0.optionalText(0), $0.text(1)) }
    }

    // MARK: - History

    /// Adds one history record and deletes those beyond the depth.
    private func record(
        owner: String, item: String?, name: String, elements: [(count: Int, value: String)], in transaction: StoreTransaction
    ) throws {
        let db = transaction.connection
        try db.run("UPDATE \(self.sequenceName) SET id = id + 1")
        let id = try db.first("SELECT id FROM \(self.sequenceName)") { $0.number(0) } ?? 0
        let names = self.arguments(owner, item, name)
        let marks = Array(repeating: "?", count: names.count + 4).joined(separator: ", ")
        let sql = "INSERT INTO \(self.historyName) (id, date, \(self.nameColumns.joined(separator: ", ")), count, value) VALUES (\(marks))"
        for element in elements {
            try db.run(
                sql,
                [.number(id), .text(transaction.now)] + names + [
                    .number(element.count), .text(element.value),
                ])
        }
        let outdated = try db.rows(
            "SELECT id FROM \(self.historyName) WHERE \(self.nameCondition) AND count <= 1 ORDER BY id DESC LIMIT -1 OFFSET ?",
            names + [.number(transaction.historyDepth)]
        ) { $0.number(0) }
        for id in outdated {
            try db.run("DELETE FROM \(self.historyName) WHERE id = ?", [.number(id)])
        }
    }

    /// Returns the records of the matching properties, oldest first: item, name, date, count, values.
    ///
    /// Ordered by ID, which grows with every write; dates have a resolution of one second, and local time may go back.
    func history(owner: String, item: String? = nil, name: String, in db: any SQLConnection) throws -> [String] {
        let matches = [self.item.map { ($0, NameMatch(item ?? "*")) }, ("name", NameMatch(name))].compactMap { $0 }
        let condition = ["\(self.owner) = ?"] + matches.map { $1.condition(on: $0) }
        var records: [(id: Int64, head: [String], values: [String])] = []
        let rows = try db.rows(
            """
            SELECT id, count, value, date, name, \(self.item ?? "NULL") FROM \(self.historyName)
            WHERE id IN (SELECT id FROM \(self.historyName) WHERE \(condition.joined(separator: " AND ")) AND count <= 1)
            ORDER BY id, count
            """,
            [.text(owner)] + matches.flatMap { $1.arguments }
        ) { (id: $0.number(0), count: $0.number(1), value: $0.text(2), date: $0.text(3), name: $0.text(4), item: $0.optionalText(5)) }
        for row in rows {
            if records.last?.id != row.id {
                records.append((row.id, (row.item.map { [$0] } ?? []) + [row.name, row.date], []))
            }
            if row.count > 0 { records[records.count - 1].values.append(row.value) }
        }
        return records.flatMap { $0.head + [String($0.values.count)] + $0.values }
    }

    // MARK: - Reading

    /// Returns the values of a property; with a pattern those of all matching ones, ordered by element.
    func values(_ db: any SQLConnection, owner: String, name: String) throws -> [String] {
        let match = NameMatch(name)
        return try db.texts(
            "SELECT value FROM \(self.name) WHERE \(self.owner) = ? AND \(match.condition(on: "name")) ORDER BY count, name",
            [.text(owner)] + match.arguments)
    }

    /// Values of exactly that property, `*` being literal.
    func literalValues(_ db: any SQLConnection, owner: String, name: String) throws -> [String] {
        try db.texts("SELECT value FROM \(self.name) WHERE \(self.nameCondition) ORDER BY count", self.arguments(owner, nil, name))
    }

    /// Returns all properties of an owner, sorted.
    func block(_ db: any SQLConnection, owner: String) throws -> PropertyBlock {
        var block = PropertyBlock()
        try db.each("SELECT name, value FROM \(self.name) WHERE \(self.owner) = ? ORDER BY name, count", [.text(owner)]) {
            block.append($0.text(0), $0.text(1))
        }
        return block
    }

    /// Returns all properties of one attribute or pipe, sorted.
    func block(_ db: any SQLConnection, owner: String, item: String) throws -> PropertyBlock {
        var block = PropertyBlock()
        try db.each(
            "SELECT name, value FROM \(self.name) WHERE \(self.owner) = ? AND \(self.item ?? "name") = ? ORDER BY name, count",
            [.text(owner), .text(item)]
        ) { block.append($0.text(0), $0.text(1)) }
        return block
    }

    /// Returns all attributes or pipes of an owner with their properties, sorted.
    func itemBlock(_ db: any SQLConnection, owner: String) throws -> ItemBlock {
        let item = self.item ?? "name"
        var block = ItemBlock()
        try db.each(
            "SELECT \(item), name, value FROM \(self.name) WHERE \(self.owner) = ? ORDER BY \(item), name, count", [.text(owner)]
        ) { block.append($0.text(0), $0.text(1), $0.text(2)) }
        return block
    }

    /// Returns the names of the matching properties, attributes or pipes of an owner, sorted.
    func list(_ db: any SQLConnection, owner: String, pattern: String) throws -> [String] {
        let column = self.item ?? "name"
        let match = NameMatch(pattern)
        return try db.texts(
            "SELECT DISTINCT \(column) FROM \(self.name) WHERE \(self.owner) = ? AND \(match.condition(on: column)) ORDER BY \(column)",
            [.text(owner)] + match.arguments)
    }
}
