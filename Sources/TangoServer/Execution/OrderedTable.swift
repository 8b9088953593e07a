import TangoCore

/// Members by name, in the order they were added; look-up, adding and removing take constant time.
struct OrderedTable<Member> {
    private var index: [String: Int] = [:]
    private var slots: [Member?] = []

    init() {}

    /// Creates a table; the last member of a name takes the place of the first.
    init(_ members: [Member], name: (Member) -> String) {
        for member in members { self.set(member, for: name(member)) }
    }

    /// Returns a table of the same names in the same order, with other members. Both share the index until one changes.
    func map<New>(_ transform: (Member) throws -> New) rethrows -> OrderedTable<New> {
        OrderedTable<New>(index: self.index, slots: try self.slots.map { try $0.map(transform) })
    }

    fileprivate init(index: [String: Int], slots: [Member?]) {
        self.index = index
        self.slots = slots
    }

    var count: Int { self.index.count }

    /// The member of that name, in any case.
    subscript(name: String) -> Member? {
        guard let slot = self.index[name.tangoFolded] else { return nil }
        return self.slots[slot]
    }

    /// Adds the member, or replaces the one of the same name in its place.
    mutating func set(_ member: Member, for name: String) {
        let key = name.tangoFolded
        if let slot = self.index[key] {
            self.slots[slot] = member
        } else {
            self.index[key] = self.slots.count
            self.slots.append(member)
        }
    }

    /// Changes the member of that name in place.
    /// - Returns: `nil` when there is none.
    mutating func update<Result>(_ name: String, _ change: (inout Member) -> Result) -> Result? {
        guard let slot = self.index[name.tangoFolded], var member = self.slots[slot] else { return nil }
        // Removed while it changes, so that it is not copied.
        self.slots[slot] = nil
        defer { self.slots[slot] = member }
        return change(&member)
    }

    /// Reserves a place in the order for a member that may be added later; a table that shrinks much loses it.
    mutating func reserve(_ name: String) {
        let key = name.tangoFolded
        guard self.index[key] == nil else { return }
        self.index[key] = self.slots.count
        self.slots.append(nil)
    }

    @discardableResult
    mutating func remove(_ name: String) -> Member? {
        guard let slot = self.index.removeValue(forKey: name.tangoFolded) else { return nil }
        let member = self.slots[slot]
        self.slots[slot] = nil
        if self.slots.count > 64, self.slots.count > self.index.count * 2 { self.compact() }
        return member
    }

    private mutating func compact() {
        var moved: [Int: Int] = [:]
        var kept: [Member?] = []
        for (slot, member) in self.slots.enumerated() where member != nil {
            moved[slot] = kept.count
            kept.append(member)
        }
        self.slots = kept
        self.index = self.index.compactMapValues { moved[$0] }
    }

    /// All members, in order.
    var members: [Member] { self.slots.compactMap { $0 } }
}

extension OrderedTable: Sendable where Member: Sendable {}
