import TangoCore

/// Name of a logging target as clients and properties write it: `console::cout`, `file::PATH`, `device::NAME`.
///
/// Everything is in lower case, paths too, as in cppTango 9.3.4 and in what GetLoggingTarget shows.
package struct LogTargetName: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case console, file, device
    }

    /// The type as written, in lower case.
    package var type: String
    /// The text behind the two colons; `nil` when there is none: the default of the type.
    package var name: String?

    package init(_ text: String) {
        let folded = text.tangoFolded
        guard let separator = folded.firstRange(of: "::") else {
            self.type = folded
            self.name = nil
            return
        }
        self.type = String(folded[..<separator.lowerBound])
        let name = folded[separator.upperBound...]
        self.name = name.isEmpty ? nil : String(name)
    }

    /// The type; `nil` for one that does not exist.
    package var kind: Kind? { Kind(rawValue: self.type) }

    /// Returns the path of a file target: a name without slash is in the folder of the server.
    package func path(in folder: String, device: String) -> String {
        guard let name = self.name else { return "\(folder)/\(Self.fileName(ofDevice: device))" }
        return name.contains("/") ? name : "\(folder)/\(name)"
    }

    /// `domain_family_member.log`.
    package static func fileName(ofDevice device: String) -> String {
        String(device.tangoFolded.map { $0 == "/" ? "_" : $0 }) + ".log"
    }
}
