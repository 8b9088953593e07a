import HTTPTypes
import NIOCore
import TangoCore

/// The host and the port that a client addresses: `host` or `host:port` (RFC 9110, 7.2).
struct Authority: Sendable, Hashable {
    /// Name or address in lower case, IPv6 without brackets.
    var host: String
    /// `nil` is the standard port of the scheme.
    var port: Int?

    /// Parses a text.
    /// - Returns: `nil` unless it is a host, with or without a port, and nothing else.
    init?(_ text: some StringProtocol) {
        // Some letters beyond ASCII have a lower case within it.
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let text = text.lowercased()
        var port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            self.host = String(text[text.index(after: text.startIndex)..<end])
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":", Self.isIPv6(self.host) else { return nil }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            self.host = String(parts[0])
            guard Self.isName(self.host) else { return nil }
            port = parts.count > 1 ? parts[1] : nil
        }
        guard let port, !port.isEmpty else { return }
        guard port.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int(port),
            (0...65535).contains(number)
        else { return nil }
        self.port = number
    }

    /// Checks that a request has one authority.
    /// - Throws: 400 when there is none, more than one, or another one in HTTP/2's `:authority` than in `Host`; when it is no host.
    static func check(_ head: HTTPRequest, isHTTP2: Bool) throws(HTTPFailure) {
        // Of several `Host` in HTTP/1.1 the first one is the authority, and the others stay in the header.
        var texts = head.headerFields[values: .host]
        if let authority = head.authority {
            if isHTTP2, texts.count == 1, texts[0].lowercased() == authority.lowercased() { texts = [] }
            texts.insert(authority, at: 0)
        }
        guard texts.count == 1 else {
            throw HTTPFailure.badRequest(texts.isEmpty ? "The header Host is missing" : "There is more than one Host")
        }
        guard Authority(texts[0]) != nil else { throw HTTPFailure.badRequest("The header Host names no host") }
    }

    /// Whether it is an address rather than a name.
    var isAddress: Bool { (try? SocketAddress(ipAddress: self.host, port: 0)) != nil }

    /// Whether it names the machine of who uses it.
    var isLoopback: Bool {
        let name = self.host.hasSuffix(".") ? String(self.host.dropLast()) : self.host
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        return (try? SocketAddress(ipAddress: name, port: 0))?.isLoopback ?? false
    }

    private static func isIPv6(_ text: String) -> Bool {
        guard case .v6? = try? SocketAddress(ipAddress: text, port: 0) else { return false }
        // The interface of a local address (`%eth0`) is no part of it.
        return !text.utf8.contains(UInt8(ascii: "%"))
    }

    /// Whether it is a name of letters, digits, hyphens and underscores in fields, or an IPv4 address.
    private static func isName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 253 else { return false }
        let fields = (text.hasSuffix(".") ? text.dropLast() : text[...]).split(separator: ".", omittingEmptySubsequences: false)
        return fields.allSatisfy { field in
            (1...63).contains(field.utf8.count)
                && field.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                }
        }
    }
}

extension SocketAddress {
    /// Whether only programs of this machine can reach the address.
    var isLoopback: Bool {
        guard let text = self.ipAddress else { return true }
        // IPv4 addresses in IPv6 keep their own form.
        let plain = text.hasPrefix("::ffff:") ? text.dropFirst(7) : text[...]
        return plain == "::1" || plain.hasPrefix("127.")
    }
}
