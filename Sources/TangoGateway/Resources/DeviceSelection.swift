import TangoCore

/// The `wildcard` parameters of a device list: a union.
struct DeviceSelection: Sendable {
    private let patterns: [[NamePattern]]

    /// - Throws: 400 for a pattern of more than three parts.
    init(_ wildcards: [String]) throws(HTTPFailure) {
        var patterns: [[NamePattern]] = []
        for wildcard in wildcards where !wildcard.isEmpty {
            var parts = wildcard.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
            guard parts.count <= 3 else { throw HTTPFailure.badRequest("The wildcard \"\(wildcard)\" has more than three parts") }
            while parts.count < 3 { parts.append("*") }
            patterns.append(parts.map { NamePattern($0) })
        }
        self.patterns = patterns
    }

    /// Returns the matching devices, those of the first pattern first.
    func select(from devices: [String]) -> [String] {
        if self.patterns.isEmpty { return devices }
        var known: Set<String> = []
        var selected: [String] = []
        for pattern in self.patterns {
            for device in devices {
                let parts = device.split(separator: "/", omittingEmptySubsequences: false)
                guard parts.count == 3, zip(pattern, parts).allSatisfy({ $0.matches(String($1)) }) else { continue }
                if known.insert(device.tangoFolded).inserted { selected.append(device) }
            }
        }
        return selected
    }
}
