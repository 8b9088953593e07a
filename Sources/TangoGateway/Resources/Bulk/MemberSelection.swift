import TangoCore

/// The selected members of a device: a union of patterns.
struct MemberSelection: Sendable {
    private(set) var patterns: [NamePattern] = []

    mutating func add(_ pattern: NamePattern) {
        if !self.patterns.contains(where: { $0.text.tangoFolded == pattern.text.tangoFolded }) { self.patterns.append(pattern) }
    }

    func matches(_ name: String) -> Bool { self.patterns.contains { $0.matches(name) } }

    /// The names, if no pattern has a `*`: then nothing needs to be listed.
    var names: [String]? { self.patterns.allSatisfy(\.isLiteral) ? self.patterns.map(\.text) : nil }
}
