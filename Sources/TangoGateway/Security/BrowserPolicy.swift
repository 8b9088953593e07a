import HTTPTypes
import TangoCore

/// Which web pages may use the gateway from a browser, and by which names a browser may call it.
///
/// A browser runs pages of anybody, on machines that reach the gateway. Pages of other origins get no permission to read answers, and changes
/// they try are refused. A page whose own name was made to lead here (DNS rebinding) counts as the gateway's own for the browser: it is
/// known by the name.
struct BrowserPolicy: Sendable {
    /// An origin (RFC 6454): scheme, host and port.
    private struct Origin: Sendable, Hashable {
        var scheme: Substring
        var host: String
        var port: Int

        init?(_ text: String) {
            let text = text.hasSuffix("/") ? text.lowercased().dropLast() : text.lowercased()[...]
            guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"),
                let authority = Authority(text[colon...].dropFirst(3))
            else { return nil }
            self.scheme = text[..<colon]
            self.host = authority.host
            self.port = authority.port ?? (self.scheme == "https" ? 443 : 80)
        }
    }

    /// Stands in the list of origins for all of them.
    private static let any = "*"

    private let origins: Set<Origin>
    private let allowsEveryOrigin: Bool
    /// Whether pages of this machine may call, whatever their port: who can serve one can call the gateway without a browser, too.
    private let allowsLoopbackOrigins: Bool
    /// Names to be called by besides those that need no permission; `nil`: any.
    private let hosts: Set<String>?

    /// - Parameter configuration: with the automatic settings decided.
    init(_ configuration: GatewayConfiguration) {
        let origins = configuration.allowedOrigins ?? []
        self.origins = Set(origins.compactMap(Origin.init))
        self.allowsEveryOrigin = origins.contains(Self.any)
        let isOpen = !configuration.authenticates && configuration.isLocal
        self.allowsLoopbackOrigins = isOpen
        guard isOpen || configuration.allowedHosts != nil else {
            self.hosts = nil
            return
        }
        let named = (configuration.allowedHosts ?? []) + [configuration.host]
        self.hosts = Set(named.map { Self.withoutFinalDot(Authority($0)?.host ?? $0.tangoFolded) }).union(
            self.origins.map { Self.withoutFinalDot($0.host) })
    }

    /// Whether a page of that origin may read answers and make changes.
    /// - Parameter own: scheme and authority by which the request addresses the gateway.
    func allows(_ origin: String, own: String) -> Bool {
        if self.allowsEveryOrigin { return true }
        guard let origin = Origin(origin) else { return false }
        if self.origins.contains(origin) { return true }
        if self.allowsLoopbackOrigins, Authority(origin.host.contains(":") ? "[\(origin.host)]" : origin.host)?.isLoopback ?? false {
            return true
        }
        // The scheme may differ behind a proxy.
        guard let own = Origin(own) else { return false }
        let isStandard = [80, 443].contains(origin.port) && [80, 443].contains(own.port)
        return origin.host == own.host && (origin.port == own.port || isStandard)
    }

    /// Checks the name and the page of a request.
    /// - Throws: 403 for a name that the gateway is not called by, and for changes and streams by pages of others.
    func check(_ request: GatewayRequest) throws(HTTPFailure) {
        if !self.isKnown(Authority(request.authority)), !Authenticator.isOpen(request) {
            throw HTTPFailure(.forbidden, .restForbidden, "The gateway is not called by the name \(request.authority): see allowed-hosts")
        }
        guard let origin = request.headers[.origin] else { return }
        if Self.isStream(request), !self.allows(origin, own: request.origin) {
            throw HTTPFailure(.forbidden, .restForbidden, "Pages of \(origin.printable) may not open streams here: see allowed-origins")
        }
        guard request.method != .get, request.method != .head, request.method != .options else { return }
        guard self.allows(origin, own: request.origin) else {
            throw HTTPFailure(.forbidden, .restForbidden, "Pages of \(origin.printable) may not make changes here: see allowed-origins")
        }
    }

    /// Whether a page that may not read the answer could keep a stream open by it.
    private static func isStream(_ request: GatewayRequest) -> Bool {
        guard request.method == .get, let path = try? PercentEncoding.decode(request.path[...]) else { return false }
        return [Route.stream.template, Route.stream.template + "/"].contains(path)
    }

    private static func withoutFinalDot(_ name: String) -> String { name.hasSuffix(".") ? String(name.dropLast()) : name }

    /// Addresses and names without a dot cannot be made to lead elsewhere by a stranger's name server.
    private func isKnown(_ authority: Authority?) -> Bool {
        guard let hosts = self.hosts else { return true }
        guard let authority else { return false }
        let name = Self.withoutFinalDot(authority.host)
        return hosts.contains(name) || authority.isLoopback || authority.isAddress || !name.contains(".")
    }
}
