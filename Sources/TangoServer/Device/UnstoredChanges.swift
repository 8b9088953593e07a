import TangoCore

/// Whose properties are meant: those of the device itself, or of one of its attributes.
struct PropertyOwner: Sendable, Hashable {
    /// Name of the attribute as it was declared; `nil` is the device.
    let attribute: String?

    static let device = PropertyOwner(attribute: nil)
    static func attribute(_ name: String) -> PropertyOwner { PropertyOwner(attribute: name) }

    static func == (left: PropertyOwner, right: PropertyOwner) -> Bool { left.attribute?.tangoFolded == right.attribute?.tangoFolded }
    func hash(into hasher: inout Hasher) { hasher.combine(self.attribute?.tangoFolded) }
}

/// A change of one property; without values it is deleted.
typealias PropertyChange = (name: String, values: [String]?)

/// Changes of a device that the database has not stored yet, or may have stored wrongly: those that could not be refused any more, and
/// the former values of changes that were refused but may have been stored all the same.
struct UnstoredChanges: Sendable, FlaggedValue {
    /// What is to be stored of one owner.
    struct Batch: Sendable {
        let owner: PropertyOwner
        /// Whether everything else that is stored of the owner is to be deleted.
        fileprivate(set) var deletesOthers = false
        /// By name in lower case.
        fileprivate var entries: [String: Entry] = [:]

        var put: [(name: String, values: [String])] {
            self.entries.values.compactMap { entry in entry.values.map { (entry.name, $0) } }.sorted { $0.0 < $1.0 }
        }
        var deleted: [String] { self.entries.values.filter { $0.values == nil }.map(\.name).sorted() }

        /// Puts the values into properties by name in lower case.
        func apply(to properties: inout [String: [String]]) {
            if self.deletesOthers { properties = [:] }
            for (key, entry) in self.entries { properties[key] = entry.values }
        }
    }

    fileprivate struct Entry: Sendable {
        var name: String
        var values: [String]?
        /// Distinguishes the change from later ones of the same property.
        var number: Int
        /// Whether storing it once is not enough.
        var isStoredTwice: Bool
    }

    private var owners: [PropertyOwner: Batch] = [:]
    private var changeCount = 0

    init() {}

    /// Whether there is anything.
    var isFlagged: Bool { !self.owners.isEmpty }

    /// The changes, those of the device first.
    var batches: [Batch] { self.owners.values.sorted { ($0.owner.attribute ?? "") < ($1.owner.attribute ?? "") } }

    func batch(of owner: PropertyOwner) -> Batch? { self.owners[owner] }

    /// Adds changes; they replace earlier ones of the same properties.
    /// - Parameter isStoredTwice: stores them once more a little later: a request whose answer did not come may still be on its way to the
    ///   database, and be served after the one that takes it back.
    mutating func add(_ owner: PropertyOwner, _ changes: [PropertyChange], isStoredTwice: Bool = false) {
        guard !changes.isEmpty else { return }
        var batch = self.owners[owner] ?? Batch(owner: owner)
        for change in changes {
            self.changeCount += 1
            batch.entries[change.name.tangoFolded] = Entry(
                name: change.name, values: change.values, number: self.changeCount, isStoredTwice: isStoredTwice)
        }
        self.owners[owner] = batch
    }

    /// Adds the deletion of all properties of an owner.
    mutating func addDeletion(of owner: PropertyOwner) {
        var batch = Batch(owner: owner)
        batch.deletesOthers = true
        self.owners[owner] = batch
    }

    /// Removes changes of properties that were stored meanwhile with other values.
    mutating func remove(_ owner: PropertyOwner, _ names: [String]) {
        guard var batch = self.owners[owner] else { return }
        for name in names { batch.entries[name.tangoFolded] = nil }
        self.replace(batch)
    }

    /// Removes what was stored, except what changed since the batch was taken.
    mutating func stored(_ stored: Batch) {
        guard var batch = self.owners[stored.owner] else { return }
        for (key, entry) in stored.entries where batch.entries[key]?.number == entry.number {
            if entry.isStoredTwice { batch.entries[key]?.isStoredTwice = false } else { batch.entries[key] = nil }
        }
        if stored.deletesOthers { batch.deletesOthers = false }
        self.replace(batch)
    }

    private mutating func replace(_ batch: Batch) {
        self.owners[batch.owner] = batch.entries.isEmpty && !batch.deletesOthers ? nil : batch
    }

    /// What is not stored, as the status of the device lists it.
    var names: [String] {
        self.batches.map { batch in
            let names = batch.entries.values.map(\.name).sorted().joined(separator: ", ")
            guard let attribute = batch.owner.attribute else { return names }
            return names.isEmpty ? "properties of attribute \(attribute)" : "\(names) of attribute \(attribute)"
        }
    }
}

extension DeviceConfiguration {
    /// Applies changes to what the database has.
    mutating func apply(_ changes: [UnstoredChanges.Batch]) {
        for batch in changes {
            if let attribute = batch.owner.attribute?.tangoFolded {
                batch.apply(to: &self.attributeProperties[attribute, default: [:]])
            } else {
                batch.apply(to: &self.properties)
            }
        }
    }
}

extension PersistentDeviceState {
    /// What is to be stored.
    var unstoredChanges: [UnstoredChanges.Batch] { self.unstored.withLockIfFlagged { $0.batches } ?? [] }
}
