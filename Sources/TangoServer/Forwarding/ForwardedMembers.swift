import TangoCore

/// A forwarded attribute of a device, whether or not its root was found.
struct ForwardedMember: Sendable {
    enum Progress: Sendable, Equatable {
        /// Its root has not been searched for yet.
        case new
        case failed(ForwardingError)
        /// It is one of the device's attributes.
        case found
    }

    var definition: AttributeDefinition
    /// The root as the status shows it.
    var root = "Not defined"
    var progress = Progress.new

    var name: String { self.definition.name }

    var error: ForwardingError? {
        if case .failed(let error) = self.progress { error } else { nil }
    }

    /// Whether a search for its root may succeed.
    var isUnresolved: Bool { self.progress == .new || self.error?.isTransient == true }
}

/// The forwarded attributes of a device.
struct ForwardedMembers: Sendable {
    private var table = OrderedTable<ForwardedMember>()
    /// Whether the next search for roots is scheduled.
    var isRetryScheduled = false
    private(set) var hasErrors = false

    var isEmpty: Bool { self.table.count == 0 }
    var members: [ForwardedMember] { self.isEmpty ? [] : self.table.members }

    subscript(name: String) -> ForwardedMember? { self.isEmpty ? nil : self.table[name] }

    mutating func set(_ member: ForwardedMember) {
        self.table.set(member, for: member.name)
        self.updateHasErrors()
    }

    @discardableResult
    mutating func remove(_ name: String) -> ForwardedMember? {
        guard !self.isEmpty, let removed = self.table.remove(name) else { return nil }
        self.updateHasErrors()
        return removed
    }

    private mutating func updateHasErrors() { self.hasErrors = self.table.members.contains { $0.error != nil } }
}
