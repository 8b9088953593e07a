import HTTPTypes

extension HTTPField.Name {
    /// Returns the name of a header written down in this program.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no header name") }  // ok: only names written down here
        return name
    }

    /// Tells a proxy whether to collect an answer before passing it on.
    static let accelBuffering = Self.known("X-Accel-Buffering")
    static let host = Self.known("Host")
    static let link = Self.known("Link")
    static let referrerPolicy = Self.known("Referrer-Policy")
    static let requestID = Self.known("X-Request-Id")
    /// Number of items a list has in all.
    static let size = Self.known("X-size")
    /// Name of the user of the request, percent-encoded.
    static let user = Self.known("X-Tango-User")
    static let strictTransportSecurity = Self.known("Strict-Transport-Security")
    static let traceParent = Self.known("traceparent")
    static let traceState = Self.known("tracestate")
}
