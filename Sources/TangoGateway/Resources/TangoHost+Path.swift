import TangoCore

extension TangoHost {
    /// Port of a database when none is given.
    static let defaultPort = 10000

    /// Parses a host segment: `{h}`, `{h};port={p}` (percent-encoded or not) or `{h}:{p}`; other matrix parameters are ignored.
    /// - Throws: 400 when the host is empty or the port is no number from 1 to 65535.
    init(segment: some StringProtocol) throws(HTTPFailure) {
        let parts = try PercentEncoding.decode(Substring(segment)).split(separator: ";", omittingEmptySubsequences: false)
        try self.init(authority: String(parts[0]))
        for parameter in parts.dropFirst() {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair[0].lowercased() == "port" else { continue }
            self.port = try Self.port(pair.count > 1 ? String(pair[1]) : "")
        }
    }

    /// Parses `{h}` or `{h}:{p}`.
    init(authority: String) throws(HTTPFailure) {
        var name = Substring(authority)
        var port = Self.defaultPort
        if let colon = authority.lastIndex(of: ":"), authority[..<colon].hasSuffix("]") || authority.firstIndex(of: ":") == colon {
            name = authority[..<colon]
            port = try Self.port(String(authority[authority.index(after: colon)...]))
        }
        let isPlain = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "#") }
        guard !name.isEmpty, isPlain else { throw HTTPFailure.badRequest("\"\(authority)\" is not a host name") }
        self.init(host: String(name), port: port)
    }

    private static func port(_ text: String) throws(HTTPFailure) -> Int {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(text),
            (1...65535).contains(port)
        else { throw HTTPFailure.badRequest("\"\(text)\" is not a port number") }
        return port
    }
}
