import HTTPTypes

/// An HTTP request with its body.
struct GatewayRequest: Sendable {
    var method: HTTPRequest.Method
    /// Path, still percent-encoded.
    var path: String
    /// Query, still encoded.
    var query: String
    /// Scheme and authority as the client addressed this server.
    var origin: String
    var headers: HTTPFields
    var body: [UInt8] = []
    /// Authenticated user; `nil` when the request needed none.
    var user: String?
    /// Address of the client, as text without port.
    var clientAddress = ""
    /// Entry of the request in the request log.
    var record: RequestRecord?

    /// Creates a request from its head.
    /// - Parameters:
    ///   - trustsForwarded: whether headers of a proxy give the address the client used, and its own.
    ///   - peer: address of the sender.
    init(head: HTTPRequest, trustsForwarded: Bool, isSecure: Bool = false, peer: String = "") {
        var target = Substring(head.path ?? "/")
        if let end = Self.endOfAuthority(target) { target = target[end...] }
        let question = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        self.method = head.method
        self.path = String(target[..<(question ?? target.endIndex)])
        self.query = question.map { String(target[target.utf8.index(after: $0)...]) } ?? ""
        self.headers = head.headerFields
        var scheme = isSecure ? "https" : "http"
        var authority = head.authority ?? "localhost"
        var address = peer
        if trustsForwarded {
            let forwarded = ForwardedHeaders(head.headerFields)
            address = forwarded.client ?? address
            scheme = forwarded.scheme ?? scheme
            authority = forwarded.authority ?? authority
        }
        self.origin = "\(scheme)://\(authority)"
        self.clientAddress = ForwardedHeaders.plainAddress(address)
    }

    /// Index at which the path of an absolute target begins; `nil` for the usual form.
    private static func endOfAuthority(_ target: Substring) -> Substring.Index? {
        guard target.utf8.first != UInt8(ascii: "/") else { return nil }
        let lower = target.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        let authority = target.dropFirst(lower.hasPrefix("https://") ? 8 : 7)
        return authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex
    }
}
