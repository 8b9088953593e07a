import TangoCore

/// Where records go, as clients and properties write it: `console::cout`, `file::PATH`, `device::NAME`.
///
/// All of it is taken in lower case, paths too: measured, and what GetLoggingTarget shows.
package struct LogTargetName: Sendable, Hashable {
    package enum Kind: String, Sendable {
        case console, file, device
    }

    /// The type as written, in lower case.
    package var type: String
    /// Behind the two colons; `nil` when nothing is there: the default of the type.
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

    /// `nil` for a type that does not exist.
    package var kind: Kind? { Kind(rawValue: self.type) }

    /// Path of a file target: a name without slash is in the folder of the server.
    package func path(in folder: String, device: String) -> String {
        guard let name = self.name else { return "\(folder)/\(Self.fileName(ofDevice: device))" }
        return name.contains("/") ? name : "\(folder)/\(name)"
    }

    /// `domain_family_member.log`.
    package static func fileName(ofDevice device: String) -> String {
        String(device.tangoFolded.map { $0 == "/" ? "_" : $0 }) + ".log"
    }
}

/// Which devices of a server the logging commands mean: a name, or a pattern whose parts between `*` occur in the name in that order.
///
/// A pattern is not anchored: `t/*` matches every name with `t/` in it, as both incumbents have it.
package struct LogDevicePattern: Sendable {
    /// In lower case.
    package let text: String
    private let parts: [[UInt8]]

    package init(_ text: String) {
        self.text = text.tangoFolded
        self.parts = self.text.utf8.split(separator: UInt8(ascii: "*")).map(Array.init)
    }

    /// Whether it has no `*`.
    package var isName: Bool { !self.text.utf8.contains(UInt8(ascii: "*")) }

    package func matches(_ name: String) -> Bool {
        guard !self.isName else { return name.tangoFolded == self.text }
        let bytes = Array(name.tangoFolded.utf8)
        var position = 0
        for part in self.parts {
            guard bytes.count - position >= part.count,
                let found = (position...(bytes.count - part.count)).first(where: { bytes[$0..<($0 + part.count)].elementsEqual(part) })
            else { return false }
            position = found
        }
        return true
    }
}
