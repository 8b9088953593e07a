import TangoCore

/// A wildcard of a bulk resource: `host[:port]/domain/family/member/name`, with `*` in the last four parts.
struct BulkPattern: Sendable {
    /// As the client wrote it.
    var host: TangoHost
    /// Domain, family and member.
    var device: [NamePattern]
    /// Of the attribute, command or pipe.
    var name: NamePattern

    /// - Throws: 400 unless it has five parts.
    init(_ text: String) throws(HTTPFailure) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts.allSatisfy({ !$0.isEmpty }) else {
            throw HTTPFailure.badRequest("The wildcard \"\(text)\" is not host[:port]/domain/family/member/name")
        }
        self.host = try TangoHost(authority: parts[0])
        self.device = parts[1...3].map { NamePattern($0) }
        self.name = NamePattern(parts[4])
    }

    /// Whether it names one device.
    var isOneDevice: Bool { self.device.allSatisfy(\.isLiteral) }

    /// The device part of the pattern: the name of the device where it is one.
    var deviceText: String { self.device.map(\.text).joined(separator: "/") }

    func matches(device: String) -> Bool {
        let parts = device.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && zip(self.device, parts).allSatisfy { $0.matches(String($1)) }
    }
}
