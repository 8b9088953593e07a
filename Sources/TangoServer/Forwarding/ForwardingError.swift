import TangoCore

/// Why the root of a forwarded attribute was not found.
enum ForwardingError: Sendable, Equatable {
    /// Neither the database nor the code names a root.
    case missing
    case wrongSyntax
    case wrongDevice
    case localDevice
    case attributeNotFound
    case loop
    case deviceTooOld
    /// Another attribute of this process has the root already.
    case alreadyUsed(by: String)
    case notStarted

    /// Whether a later search may succeed.
    var isTransient: Bool { self == .notStarted || self == .attributeNotFound }

    /// The sentence in the status, as cppTango 9.3.4 words it.
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

    /// Returns the lines of the status about this error.
    /// - Parameter root: the root as it was given, with its control system in front if that is known.
    func statusText(_ name: String, root: String) -> String {
        let subject = "\nForwarded attribute \(name) is not "
        if self == .notStarted { return subject + "reachable! \nRoot attribute name = \(root)\nError: \(self.text)" }
        return subject
            + "correctly configured! \nRoot attribute name = \(root)\nYou can update it using the Jive tool\nError: \(self.text)"
    }
}
