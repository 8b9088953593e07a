import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import TangoClient
import TangoCore
import TangoIIOP

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server of the Tango REST API (v1.0, v1.1) over HTTP, for any number of control systems.
///
/// ```swift
/// let gateway = Gateway(configuration: GatewayConfiguration(), controlSystem: ControlSystem(), logger: logger)
/// try await ServiceGroup(services: [gateway], gracefulShutdownSignals: [.sigint, .sigterm], logger: logger).run()
/// ```
public final class Gateway: Service {
    private let responder: Responder
    private let onListening: @Sendable (Int) async -> Void

    /// Creates a gateway; nothing starts before `run()`.
    /// - Parameters:
    ///   - configuration: its settings.
    ///   - controlSystem: the client it uses, made with `clientOptions(_:)`. It stays open when the gateway ends.
    ///   - logger: gets messages about failures, and at `info` every change.
    ///   - onListening: gets the port once requests are accepted.
    public init(
        configuration: GatewayConfiguration, controlSystem: ControlSystem, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.onListening = onListening
        self.responder = Responder(
            services: GatewayServices(configuration: configuration.resolved, controlSystem: controlSystem, logger: logger.printable))
    }

    /// Returns the options that the `ControlSystem` of a gateway with this configuration needs.
    ///
    /// With access control the rights of each caller count, so the client library must not apply those of this process's user.
    public static func clientOptions(_ configuration: GatewayConfiguration) -> ClientOptions {
        var options = ClientOptions()
        options.respectsAccessControl = !configuration.usesAccessControl
        options.hasConnectionsPerThread = true
        return options
    }

    /// Serves until the task is cancelled or a graceful shutdown begins.
    /// - Throws: `DevFailed` with `REST_PortInUse`, or `REST_CantListen` when the address is not usable for another reason;
    ///   `REST_OpenToNetwork`, `REST_BadConfiguration`, `REST_BadUsersFile`, `REST_BadCertificate`.
    public func run() async throws {
        let configuration = self.responder.services.configuration
        let responder = self.responder
        try configuration.check()
        let handler = RequestHandler(
            responder: responder, authenticator: try await Authenticator(configuration, logger: responder.services.logger))
        let warnings = configuration.fileWarnings + [configuration.rebindingWarning].compactMap { $0 }
        for warning in warnings { responder.services.logger.warning("\(warning)") }
        let requestLog = responder.services.requestLog
        if let path = configuration.accessLog { try requestLog.open(path) }
        let server = try Transport.server(configuration, responder.services.executors, requestLog.metrics).buildServer(
            configuration: ServerConfiguration(address: .hostname(configuration.host, port: configuration.port)),
            eventLoopGroup: responder.services.controlSystem.eventLoops.group,
            logger: responder.services.logger,
            responder: { request, writer, channel in try await handler.respond(to: request, Connection(channel), writer) },
            onServerRunning: { [onListening] channel in await onListening(channel.localAddress?.port ?? configuration.port) }
        )
        var groupConfiguration = ServiceGroupConfiguration(
            // The last service stops first; then the changes it accepted are awaited.
            services: [responder.services.backgroundChanges, server], logger: responder.services.logger)
        groupConfiguration.maximumGracefulShutdownDuration = configuration.shutdownLimit
        let group = ServiceGroup(configuration: groupConfiguration)
        // In a task of its own, so that requests in progress finish after a cancellation too.
        let task = Task { try await group.run() }
        do {
            try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                Task { await group.triggerGracefulShutdown() }
            }
            await requestLog.flush()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw DevFailed(
                .restPortInUse, "Port \(configuration.port) of \(configuration.host) is in use by another program", origin: "Gateway.run")
        } catch let error as IOError {
            throw DevFailed(.restCantListen, "Listening at \(configuration.host):\(configuration.port): \(error)", origin: "Gateway.run")
        } catch {
            if !Task.isCancelled { throw error }
        }
    }
}
