import TangoCore

/// The devices of a server that a logging command is about: a name, or a pattern whose parts between `*` occur in the name in that order.
///
/// A pattern is not anchored: `t/*` matches every name with `t/` in it, as in cppTango 9.3.4 and 10.0.2.
package struct LogDevicePattern: Sendable {
    /// In lower case.
    package let text: String
    private let parts: [[UInt8]]

    package init(_ text: String) {
        self.text = text.tangoFolded
        self.parts = self.text.utf8.split(separator: UInt8(ascii: "*")).map(Array.init)
    }

    /// Whether it is a name, without `*`.
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
