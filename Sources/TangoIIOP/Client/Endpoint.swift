package import TangoWire

/// Where to connect, and the GIOP version to speak there.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package var host: String
    package var port: Int
    package var version: GIOPVersion

    package init(host: String, port: Int, version: GIOPVersion) {
        self.host = host
        self.port = port
        self.version = version
    }

    /// `host:port`, IPv6 addresses in brackets.
    package var description: String {
        self.host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]:\(self.port)" : "\(self.host):\(self.port)"
    }
}
