import HTTPTypes
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
public import TangoClient
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The Tango REST interface (v1.0, v1.1) over HTTP.
///
/// ```swift
/// try await Gateway(configuration: GatewayConfiguration(), controlSystem: ControlSystem(), logger: logger).run { port in print(port) }
/// ```
public final class Gateway: Sendable {
    private let responder: Responder

    public init(configuration: GatewayConfiguration, controlSystem: ControlSystem, logger: Logger) {
        self.responder = Responder(
            services: GatewayServices(configuration: configuration.resolved, controlSystem: controlSystem, logger: logger))
    }

    /// Options of the `ControlSystem` a gateway of that configuration needs: where the access service is asked for each user, what it
    /// allows the user of this process does not matter.
    public static func clientOptions(_ configuration: GatewayConfiguration) -> ClientOptions {
        var options = ClientOptions()
        options.respectsAccessControl = !configuration.usesAccessControl
        options.eventLoopThreads = System.coreCount
        options.hasConnectionsPerThread = true
        return options
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    /// - Parameter onListening: gets the port once requests are accepted.
    /// - Throws: `DevFailed` with `REST_PortInUse`, or `REST_CantListen` when the address is not usable for another reason;
    ///   `REST_OpenToNetwork`, `REST_BadConfiguration`, `REST_BadUsersFile`, `REST_BadCertificate`.
    public func run(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let configuration = self.responder.services.configuration
        let responder = self.responder
        try configuration.check()
        let authenticator = try await Authenticator(configuration, logger: responder.services.logger)
        let journal = responder.services.journal
        if let path = configuration.accessLog { try journal.open(path) }
        let server = try Transport.server(configuration, responder.services.executors, journal.metrics).buildServer(
            configuration: ServerConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            eventLoopGroup: responder.services.controlSystem.group,
            logger: responder.services.logger,
            responder: { request, writer, channel in
                try await Self.respond(to: request, Connection(channel), responder, authenticator, writer)
            },
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) }
        )
        var groupConfiguration = ServiceGroupConfiguration(
            // The last one stops first: what it accepted is waited for.
            services: [responder.services.accepted, server], logger: responder.services.logger)
        groupConfiguration.maximumGracefulShutdownDuration = configuration.shutdownLimit
        let group = ServiceGroup(configuration: groupConfiguration)
        // In a task of its own, so that cancellation too lets requests in progress finish.
        let task = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
            await journal.flush()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw DevFailed(
                .restPortInUse, "Port \(configuration.port) of \(configuration.host) is in use by another program", origin: "Gateway.run")
        } catch let error as IOError {
            throw DevFailed("REST_CantListen", "Listening at \(configuration.host):\(configuration.port): \(error)", origin: "Gateway.run")
        } catch {
            if !Task.isCancelled { throw error }
        }
    }

    @concurrent private static func respond(
        to request: Request, _ connection: Connection, _ responder: Responder, _ authenticator: Authenticator?,
        _ writer: consuming ResponseWriter
    ) async throws {
        let configuration = responder.services.configuration
        let journal = responder.services.journal
        var gatewayRequest = GatewayRequest(head: request.head, connection, configuration)
        let record = journal.begin(request.headers)
        gatewayRequest.record = record
        var response: GatewayResponse
        do throws(HTTPFailure) {
            try Self.checkHead(request.head, configuration)
            gatewayRequest.user = try await authenticator?.user(of: gatewayRequest)
            try Authenticator.refuseForeignPages(gatewayRequest, configuration)
            gatewayRequest.body = try await Self.body(of: request, connection, configuration)
            let complete = gatewayRequest
            response = await TraceContext.$current.withValue(record.trace) { await responder.respond(to: complete) }
        } catch {
            response = responder.respond(to: gatewayRequest, with: error)
        }
        journal.end(record, gatewayRequest, response)
        response.headers[.requestID] = record.id
        try await Self.write(response, isHTTP2: connection.isHTTP2, to: writer)
    }

    private static func checkHead(_ head: HTTPRequest, _ configuration: GatewayConfiguration) throws(HTTPFailure) {
        guard (head.path ?? "").utf8.count <= configuration.maximumURILength else {
            throw HTTPFailure(.uriTooLong, .restURITooLong, "The URI is longer than \(configuration.maximumURILength) bytes")
        }
        let size = head.headerFields.reduce(0) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count + 4 }
        guard size <= configuration.maximumHeaderSize else {
            throw HTTPFailure(
                .requestHeaderFieldsTooLarge, .restHeadersTooLarge, "The header is larger than \(configuration.maximumHeaderSize) bytes")
        }
    }

    /// The body, refused from its declared length where there is one.
    private static func body(
        of request: Request, _ connection: Connection, _ configuration: GatewayConfiguration
    ) async throws(HTTPFailure) -> [UInt8] {
        let limit = configuration.maximumBodySize
        var tooLarge = HTTPFailure(.contentTooLarge, .restPayloadTooLarge, "The body is larger than \(limit) bytes")
        tooLarge.closesConnection = true
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        // It has as much time as the head had.
        let isExpected = request.headers[.contentLength].map { $0 != "0" } ?? (request.headers[.transferEncoding] != nil)
        let timer = isExpected || connection.isHTTP2 ? connection.closing(after: TimeAmount(configuration.headLimit)) : nil
        defer { timer?.cancel() }
        var body: [UInt8] = []
        do {
            for try await buffer in request.body {
                guard body.count + buffer.readableBytes <= limit else { throw tooLarge }
                body.append(contentsOf: buffer.readableBytesView)
            }
        } catch let failure as HTTPFailure {
            throw failure
        } catch {
            throw HTTPFailure.badRequest("The body did not arrive: \(error)")
        }
        return body
    }

    @concurrent private static func write(
        _ response: GatewayResponse, isHTTP2: Bool, to writer: consuming ResponseWriter
    ) async throws {
        var head = HTTPResponse(status: response.status, headerFields: response.headers)
        head.headerFields[.date] = HTTPDate.now
        // Answers that cannot have a body have no length either (RFC 9110, 8.6); that to HEAD has one already.
        let hasBody = response.status != .noContent && response.status != .notModified
        if hasBody, head.headerFields[.contentLength] == nil { head.headerFields[.contentLength] = String(response.body.count) }
        // HTTP/2 knows no such header.
        if response.closesConnection, !isHTTP2 { head.headerFields[.connection] = "close" }
        guard hasBody, !response.body.isEmpty else {
            try await writer.writeResponse(head)
            if response.closesConnection { throw CancellationError() }
            return
        }
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: response.body)))
        // An error ends the connection, or in HTTP/2 the stream; the rest of the request is not read.
        if response.closesConnection { throw CancellationError() }
    }
}

/// What is known of the connection of a request.
struct Connection: Sendable {
    /// Address of the peer, as text.
    let address: String
    let isHTTP2: Bool
    private let channel: any Channel

    /// Ends the connection, or the stream, unless that is cancelled in time.
    func closing(after limit: TimeAmount) -> Scheduled<Void> {
        let channel = self.channel
        return channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }

    init(_ channel: any Channel) {
        self.channel = channel
        self.address = channel.remoteAddress?.ipAddress ?? ""
        // A stream is a channel below the connection, which is one below the listening socket.
        self.isHTTP2 = channel.parent?.parent != nil
    }
}

extension GatewayRequest {
    init(head: HTTPRequest, _ connection: Connection, _ configuration: GatewayConfiguration) {
        self.init(
            head: head, trustsForwarded: configuration.trustsForwardedHeaders, isSecure: configuration.isSecure, peer: connection.address)
    }

    /// - Parameters:
    ///   - trustsForwarded: whether headers of a proxy tell the address the client used, and its own.
    ///   - peer: address of who sent the request.
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
            let forwarded = Self.forwarded(head.headerFields)
            address = Self.forwardedClient(head.headerFields) ?? address
            scheme = forwarded.scheme ?? scheme
            authority = forwarded.authority ?? authority
        }
        self.origin = "\(scheme)://\(authority)"
        self.clientAddress = Self.plain(address)
    }

    /// The client the trusted proxy names: it appends to what others claimed. Proxies write one of the two headers, so if they differ
    /// somebody else wrote the other, and neither counts.
    private static func forwardedClient(_ headers: HTTPFields) -> String? {
        func last(_ name: String) -> Substring? {
            HTTPField.Name(name).flatMap { headers[$0] }?.split(separator: ",").last
        }
        var clients: Set<String> = []
        for part in last("Forwarded")?.split(separator: ";") ?? [] {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" && $0 != " " } }
            if sides.count == 2, sides[0].lowercased() == "for" { clients.insert(Self.plain(sides[1])) }
        }
        if let element = last("X-Forwarded-For") { clients.insert(Self.plain(element.filter { $0 != " " })) }
        return clients.count == 1 ? clients.first : nil
    }

    /// An address without port and brackets; IPv4 in its own form, as access services know it.
    private static func plain(_ address: String) -> String {
        var text = Substring(address)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            text = text[..<colon]
        }
        if text.lowercased().hasPrefix("::ffff:"), text.contains(".") { text = text.dropFirst(7) }
        return text == "::1" ? "127.0.0.1" : String(text)
    }

    /// Where the path of an absolute target begins; `nil` for the usual form.
    private static func endOfAuthority(_ target: Substring) -> Substring.Index? {
        guard target.utf8.first != UInt8(ascii: "/") else { return nil }
        let lower = target.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return nil }
        let authority = target.dropFirst(lower.hasPrefix("https://") ? 8 : 7)
        return authority.firstIndex { $0 == "/" || $0 == "?" } ?? authority.endIndex
    }

    private static func forwarded(_ headers: HTTPFields) -> (scheme: String?, authority: String?) {
        func header(_ name: String) -> String? {
            HTTPField.Name(name).flatMap { headers[$0] }?.split(separator: ",").first.map { $0.filter { $0 != " " } }
        }
        var scheme = header("X-Forwarded-Proto")
        var authority = header("X-Forwarded-Host")
        for part in header("Forwarded")?.split(separator: ";") ?? [] {
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" } }
            guard sides.count == 2 else { continue }
            switch sides[0].lowercased() {
            case "proto": scheme = sides[1]
            case "host": authority = sides[1]
            default: break
            }
        }
        return (scheme, authority)
    }
}
