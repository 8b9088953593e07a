import Synchronization
import TangoCore

/// The roots of the forwarded attributes of a server: within one process, a root can be forwarded only once, as in cppTango 9.3.4.
final class ForwardedRootRegistry: Sendable {
    private struct Owner {
        var device: DeviceName
        var attribute: String
    }

    private let owners = Mutex<[String: Owner]>([:])

    init() {}

    /// Reserves a root for an attribute.
    /// - Parameter root: its full name in lower case.
    /// - Returns: the attribute that has it already; `nil` if the root was free.
    func reserve(_ root: String, for device: DeviceName, _ attribute: String) -> String? {
        self.owners.withLock { owners in
            if let owner = owners[root], owner.device != device || owner.attribute.tangoFolded != attribute.tangoFolded {
                return "\(owner.device)/\(owner.attribute)"
            }
            owners[root] = Owner(device: device, attribute: attribute)
            return nil
        }
    }

    /// Releases the root of one attribute of a device; of all its attributes without a name.
    func release(_ device: DeviceName, _ attribute: String? = nil) {
        self.owners.withLock { owners in
            owners = owners.filter { entry in
                entry.value.device != device || (attribute.map { $0.tangoFolded != entry.value.attribute.tangoFolded } ?? false)
            }
        }
    }
}
