import Logging
import ServiceLifecycle
import TangoClient
import TangoGateway

/// The REST gateway with its client, as a service.
struct RestService: Service {
    let configuration: GatewayConfiguration
    /// Gets the gateway's URL without slash at the end.
    let onListening: @Sendable (String) async -> Void

    func run() async throws {
        let configuration = self.configuration
        let system = ControlSystem(host: configuration.defaultTangoHost, options: Gateway.clientOptions(configuration))
        var logger = Logger.standard("rest")
        logger.logLevel = configuration.logLevel
        let host = configuration.host.contains(":") ? "[\(configuration.host)]" : configuration.host
        let scheme = configuration.isSecure ? "https" : "http"
        let gateway = Gateway(configuration: configuration, controlSystem: system, logger: logger) { port in
            await self.onListening("\(scheme)://\(host):\(port)")
        }
        do {
            try await gateway.run()
        } catch {
            await system.shutdown()
            throw error
        }
        await system.shutdown()
    }
}
