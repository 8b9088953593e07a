import Synchronization
import TangoCore

/// Why a forwarded attribute is not there.
enum ForwardingError: Sendable, Equatable {
    /// Nobody said which root it is.
    case missing
    case wrongSyntax
    case wrongDevice
    case localDevice
    case attributeNotFound
    case loop
    case deviceTooOld
    /// The root is that of another attribute of this process already.
    case alreadyUsed(by: String)
    case notStarted

    /// Whether it may be over when the root is asked again.
    var isTransient: Bool { self == .notStarted || self == .attributeNotFound }

    /// What the status says (measured texts).
    private var text: String {
        switch self {
        case .missing: "Missing or wrong root attribute definition"
        case .wrongSyntax: "Wrong syntax in root attribute definition"
        case .wrongDevice: "Wrong root device"
        case .localDevice: "Root device is local device"
        case .attributeNotFound: "Attribute not found in root device"
        case .loop: "Loop found in root attributes configuration"
        case .deviceTooOld: "Root device too old (< IDL 5)"
        case .alreadyUsed(let other): "Root attribute already used in this device server process for attribute \(other)"
        case .notStarted: "Root device not started yet. Polling (if any) for this attribute not available"
        }
    }

    /// - Parameter root: the root as it was given, with its control system in front where that is clear.
    func statusText(_ name: String, root: String) -> String {
        let subject = "\nForwarded attribute \(name) is not "
        if self == .notStarted { return subject + "reachable! \nRoot attribute name = \(root)\nError: \(self.text)" }
        return subject
            + "correctly configured! \nRoot attribute name = \(root)\nYou can update it using the Jive tool\nError: \(self.text)"
    }
}

/// A forwarded attribute a device was given, whether or not its root was found.
struct ForwardedMember: Sendable {
    enum Progress: Sendable, Equatable {
        /// Its root was not looked for yet.
        case new
        case failed(ForwardingError)
        /// It is among the device's attributes.
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

    /// Whether it makes sense to look for its root.
    var isOpen: Bool { self.progress == .new || self.error?.isTransient == true }
}

/// The forwarded attributes of a device.
struct ForwardedMembers: Sendable {
    private var table = OrderedTable<ForwardedMember>()
    /// Whether somebody will look for roots again soon.
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

/// The roots of the forwarded attributes of a server: each of them serves one (measured rule).
final class ForwardedRootRegistry: Sendable {
    private struct Owner {
        var device: DeviceName
        var attribute: String
    }

    private let owners = Mutex<[String: Owner]>([:])

    init() {}

    /// Takes a root for an attribute.
    /// - Parameter root: its full name in lower case.
    /// - Returns: who has it already.
    func reserve(_ root: String, for device: DeviceName, _ attribute: String) -> String? {
        self.owners.withLock { owners in
            if let owner = owners[root], owner.device != device || owner.attribute.tangoFolded != attribute.tangoFolded {
                return "\(owner.device)/\(owner.attribute)"
            }
            owners[root] = Owner(device: device, attribute: attribute)
            return nil
        }
    }

    /// Gives back the roots of one attribute of a device, of all without a name.
    func release(_ device: DeviceName, _ attribute: String? = nil) {
        self.owners.withLock { owners in
            owners = owners.filter { entry in
                entry.value.device != device || (attribute.map { $0.tangoFolded != entry.value.attribute.tangoFolded } ?? false)
            }
        }
    }
}
