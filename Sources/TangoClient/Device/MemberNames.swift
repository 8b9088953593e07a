import Synchronization
import TangoCore

/// The bytes of a device's names with letters beyond ASCII: a name is sent as the device lists it, which need not be UTF-8
/// (`Compatibility T7`).
final class MemberNames: Sendable {
    /// What tells a name of one kind of member from the same of another: the list they are in.
    enum Kind: Sendable, Hashable {
        case attribute
        case command
        case pipe
    }

    private struct Key: Hashable {
        var kind: Kind
        /// In readable form and lower case.
        var name: String
    }

    private let wireNames = Mutex<[Key: String]>([:])

    /// Returns the wire form of a name; `nil` when it is not known yet.
    func wireName(_ name: String, _ kind: Kind) -> String? {
        guard TangoText.hasLatin1Form(name) else { return TangoText.wire(name, .metadata) }
        return self.wireNames.withLock { $0[Key(kind: kind, name: name.tangoFolded)] }
    }

    /// Takes over the names the device lists, in wire form, in place of those it listed before.
    func learn(_ names: [String], _ kind: Kind) {
        self.wireNames.withLock { known in
            known = known.filter { $0.key.kind != kind }
            for name in names where !name.isASCII {
                let key = Key(kind: kind, name: TangoText.readable(name).tangoFolded)
                // Of two that read the same, that in UTF-8 is meant.
                if let other = known[key], TangoText.wire(TangoText.readable(other), .metadata) == other { continue }
                known[key] = name
            }
        }
    }

    /// Forgets the names of a kind: the device refused one of them, and may list others since a restart.
    func forget(_ kind: Kind) { self.wireNames.withLock { known in known = known.filter { $0.key.kind != kind } } }
}
