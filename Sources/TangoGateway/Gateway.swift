import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
import ServiceLifecycle
public import TangoClient
public import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Settings of a `Gateway`.
public struct GatewayConfiguration: Sendable {
    /// Address to listen at.
    public var host = "127.0.0.1"
    /// Port to listen at; 0 takes any free one.
    public var port = 10001
    /// Host of `/devices/tree` when the request names none; `nil`: the default of the control system.
    public var defaultTangoHost: TangoHost?
    /// Limit of a whole request, connecting included.
    public var timeout: Duration = .seconds(3)
    /// How long requests in progress may take to finish when the gateway stops.
    public var shutdownLimit: Duration = .seconds(5)
    /// Longest request target accepted, in bytes.
    public var maximumURILength = 8 * 1024
    /// Largest header block accepted, in bytes.
    public var maximumHeaderSize = 32 * 1024
    /// Largest body accepted, in bytes.
    public var maximumBodySize = 16 * 1024 * 1024
    /// How long clients may keep values, states and histories.
    public var valueLifetime: Duration = .milliseconds(200)
    /// How long clients may keep lists and configuration, and the gateway the configuration of attributes.
    public var listLifetime: Duration = .seconds(1)
    /// How long clients may keep device trees.
    public var treeLifetime: Duration = .seconds(3)
    /// Web origins that may call; `nil`: all.
    public var allowedOrigins: [String]?
    /// Whether `Forwarded` and `X-Forwarded-*` of a proxy in front decide about the links in answers.
    public var trustsForwardedHeaders = false
    /// Whether `info.classname` is always `unknown`, as one other server answers and one test suite expects.
    public var hidesDeviceClass = false
    /// File that gets a line of JSON for each request, `-` for standard output; `nil`: none.
    public var accessLog: String?

    public init() {}
}

/// The Tango REST interface (v1.0, v1.1) over HTTP.
///
/// ```swift
/// try await Gateway(configuration: GatewayConfiguration(), controlSystem: ControlSystem(), logger: logger).run { port in print(port) }
/// ```
public final class Gateway: Sendable {
    private let responder: Responder

    public init(configuration: GatewayConfiguration, controlSystem: ControlSystem, logger: Logger) {
        self.responder = Responder(
            services: GatewayServices(configuration: configuration, controlSystem: controlSystem, logger: logger))
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    /// - Parameter onListening: gets the port once requests are accepted.
    /// - Throws: `DevFailed` with `REST_PortInUse`, or `REST_CantListen` when the address is not usable for another reason.
    public func run(onListening: @escaping @Sendable (Int) async -> Void = { _ in }) async throws {
        let configuration = self.responder.services.configuration
        let responder = self.responder
        let journal = responder.services.journal
        if let path = configuration.accessLog { try journal.open(path) }
        let application = Application(
            responder: CallbackResponder { (request: Request, context: GatewayRequestContext) in
                await Self.respond(to: request, from: context.clientAddress, responder)
            },
            server: .http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [
                        ContinueHandler(maximumBodySize: configuration.maximumBodySize), ConnectionHandler(journal.metrics),
                    ],
                    idleTimeout: .seconds(75)
                )
            ),
            configuration: ApplicationConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? configuration.port) },
            logger: responder.services.logger
        )
        var groupConfiguration = ServiceGroupConfiguration(services: [application], logger: responder.services.logger)
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

    private static func respond(to request: Request, from clientAddress: String?, _ responder: Responder) async -> Response {
        let configuration = responder.services.configuration
        let journal = responder.services.journal
        let record = journal.begin(request.headers, clientAddress: clientAddress)
        var gatewayRequest = GatewayRequest(head: request.head, trustsForwarded: configuration.trustsForwardedHeaders)
        gatewayRequest.record = record
        var response: GatewayResponse
        do throws(HTTPFailure) {
            try Self.checkHead(request.head, configuration)
            gatewayRequest.body = try await Self.body(of: request, limit: configuration.maximumBodySize)
            let complete = gatewayRequest
            response = await TraceContext.$current.withValue(record.trace) { await responder.respond(to: complete) }
        } catch {
            response = responder.respond(to: gatewayRequest, with: error)
        }
        journal.end(record, gatewayRequest, response)
        response.headers[.requestID] = record.id
        return Self.response(response)
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
    private static func body(of request: Request, limit: Int) async throws(HTTPFailure) -> [UInt8] {
        var tooLarge = HTTPFailure(.contentTooLarge, .restPayloadTooLarge, "The body is larger than \(limit) bytes")
        tooLarge.closesConnection = true
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
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

    private static func response(_ response: GatewayResponse) -> Response {
        var headers = response.headers
        let hasBody = response.status != .noContent && response.status != .notModified
        guard hasBody else { return Response(status: response.status, headers: headers).withoutLength }
        let buffer = ByteBuffer(bytes: response.body)
        guard response.closesConnection else {
            let body = response.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: buffer)
            return Response(status: response.status, headers: headers, body: body)
        }
        headers[.connection] = "close"
        let body = ResponseBody(contentLength: buffer.readableBytes) { writer in
            try await writer.write(buffer)
            try await writer.finish(nil)
            // An error at this point ends the connection; the rest of the request is not read.
            throw CancellationError()
        }
        return Response(status: response.status, headers: headers, body: body)
    }
}

/// Tells where requests come from.
private struct GatewayRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let clientAddress: String?

    init(source: ApplicationRequestContextSource) {
        self.coreContext = .init(source: source)
        self.clientAddress = source.channel.remoteAddress?.ipAddress
    }
}

extension Response {
    /// Answers that cannot have a body have no length either (RFC 9110, 8.6).
    fileprivate var withoutLength: Response {
        var response = self
        response.headers[.contentLength] = nil
        return response
    }
}

extension GatewayRequest {
    /// - Parameter trustsForwarded: whether headers of a proxy tell the address the client used.
    init(head: HTTPRequest, trustsForwarded: Bool) {
        var target = Substring(head.path ?? "/")
        if let end = Self.endOfAuthority(target) { target = target[end...] }
        let question = target.firstIndex(of: "?")
        self.method = head.method
        self.path = String(target[..<(question ?? target.endIndex)])
        self.query = question.map { String(target[target.index(after: $0)...]) } ?? ""
        self.headers = head.headerFields
        var scheme = "http"
        var authority = head.authority ?? "localhost"
        if trustsForwarded {
            let forwarded = Self.forwarded(head.headerFields)
            scheme = forwarded.scheme ?? scheme
            authority = forwarded.authority ?? authority
        }
        self.origin = "\(scheme)://\(authority)"
    }

    /// Where the path of an absolute target begins; `nil` for the usual form.
    private static func endOfAuthority(_ target: Substring) -> Substring.Index? {
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
