import HTTPTypes

/// An HTTP request with its body.
struct GatewayRequest: Sendable {
    var method: HTTPRequest.Method
    /// Path, still percent-encoded.
    var path: String
    /// Query, still encoded.
    var query: String
    /// Scheme by which the client addressed this server.
    var scheme: String
    /// Host and port by which the client addressed this server.
    var authority: String
    var headers: HTTPFields
    var body: [UInt8] = []
    /// What the body takes of the room for all of them.
    private(set) var bodyShare: BodyBudget.Share?
    /// Whether the proxy's headers contradict each other.
    private let hasForgedOrigin: Bool
    /// Authenticated user, in lower case; `nil` when the request needed none.
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
        var authority = head.authority ?? head.headerFields[.host] ?? "localhost"
        var address = peer
        var isForged = false
        if trustsForwarded {
            let forwarded = ForwardedHeaders(head.headerFields)
            address = forwarded.client ?? address
            isForged = forwarded.isContradictory
            scheme = forwarded.scheme?.lowercased() ?? scheme
            authority = forwarded.authority ?? authority
        }
        self.scheme = scheme
        self.authority = authority
        self.hasForgedOrigin = isForged
        self.clientAddress = ForwardedHeaders.plainAddress(address)
    }

    /// Sets the body.
    /// - Parameter share: what it takes of the room for all bodies.
    mutating func setBody(_ body: [UInt8], _ share: BodyBudget.Share?) {
        self.body = body
        self.bodyShare = share
    }

    /// Returns the request for work that goes on when its body has been read: the body, and the room it takes, are let go.
    var withoutBody: GatewayRequest {
        var request = self
        request.setBody([], nil)
        return request
    }

    /// Scheme and authority as the client addressed this server.
    var origin: String { "\(self.scheme)://\(self.authority)" }

    /// Checks that scheme and authority are what they should be, since they become a part of links.
    /// - Throws: 400.
    func checkOrigin(_ head: HTTPRequest, isHTTP2: Bool) throws(HTTPFailure) {
        try Authority.check(head, isHTTP2: isHTTP2)
        guard !self.hasForgedOrigin else {
            throw HTTPFailure.badRequest("The headers Forwarded and X-Forwarded-… contradict each other")
        }
        guard Authority(self.authority) != nil, ["http", "https"].contains(self.scheme) else {
            throw HTTPFailure.badRequest("The header of the proxy names no host, or another scheme than http and https")
        }
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
