/// The address of a Tango database: `host:port`, as in the environment variable `TANGO_HOST`.
public struct TangoHost: Hashable, Sendable, CustomStringConvertible {
    /// Name or IP address of the host.
    public var host: String
    /// TCP port.
    public var port: Int

    /// Creates an address.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`, or `[address]:port` for an IPv6 address.
    /// - Throws: `API_TangoHostNotSet` with the peers' text when the port is missing or no number from 1 to 65535.
    public init(parsing text: String) throws(DevFailed) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), colon != text.startIndex,
            let port = Int(text[text.utf8.index(after: colon)...]), (1...65535).contains(port),
            let host = Self.withoutBrackets(text[..<colon]), !host.utf8.contains(where: { Self.foreign.contains($0) })
        else {
            throw DevFailed(
                .tangoHostNotSet, "TANGO_HOST env. variable syntax incorrect (e.g. TANGO_HOST=<host>:<port>)", origin: "TangoHost")
        }
        self.host = host
        self.port = port
    }

    /// Characters that no host's name and no address has: those of a list of hosts, of a locator.
    private static let foreign = Set(",/@[] \t".utf8)

    /// A host's name or address without the brackets of an IPv6 address; `nil` for brackets that are not closed, or hold nothing.
    package static func withoutBrackets(_ host: Substring) -> String? {
        guard host.utf8.first == UInt8(ascii: "[") else { return String(host) }
        guard host.utf8.count > 2, host.utf8.last == UInt8(ascii: "]") else { return nil }
        return String(host.dropFirst().dropLast())
    }

    /// `host:port`, IPv6 addresses in brackets.
    public var description: String {
        self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }

    /// The same with the host in lower case: host names are compared without case.
    package var folded: TangoHost { TangoHost(host: self.host.tangoFolded, port: self.port) }
}
