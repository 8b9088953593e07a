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

    /// Parses `host:port`.
    /// - Throws: `API_TangoHostNotSet`, with the text of cppTango, when the port is missing or not a number from 1 to 65535.
    public init(parsing text: String) throws(DevFailed) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), colon != text.startIndex,
            let port = Int(text[text.utf8.index(after: colon)...]), (1...65535).contains(port)
        else {
            throw DevFailed(
                .tangoHostNotSet, "TANGO_HOST env. variable syntax incorrect (e.g. TANGO_HOST=<host>:<port>)", origin: "TangoHost")
        }
        self.host = String(text[..<colon])
        self.port = port
    }

    /// `host:port`
    public var description: String { "\(self.host):\(self.port)" }

    /// The same with the host in lower case: host names are compared without case.
    package var folded: TangoHost { TangoHost(host: self.host.tangoFolded, port: self.port) }
}
