package import Logging
import ServiceLifecycle
import TangoClient
package import TangoCore
import TangoServer

/// A server of one simulated twin, as a service: nothing starts before `run()`.
package struct MirrorServer: Service {
    /// What is mirrored, as what, and where.
    package struct Configuration: Sendable {
        /// Device to look like: its name, alias or locator.
        package var original: String
        /// Name of the twin.
        package var twin: String
        package var values: MirrorValues
        /// How often the original's values are taken over; `nil` never.
        package var followPeriod: Duration?
        /// Instance of the server `mirror`; `nil` is made of the twin's name.
        package var instance: String?
        /// Whether the twin is declared in the database and registered there.
        package var usesDatabase = true
        /// Address to listen at; empty is all interfaces.
        package var host = ""
        /// Port to listen at; 0 is any free one.
        package var port = 0
        /// The database; `nil` reads `TANGO_HOST`.
        package var tangoHost: TangoHost?
        package var logger = Logger(label: "mirror")

        package init(original: String, twin: String, values: MirrorValues) {
            self.original = original
            self.twin = twin
            self.values = values
        }
    }

    /// What is known when the twin is served.
    package struct Served: Sendable {
        /// Name of the twin.
        package let twin: String
        /// Name of the original.
        package let original: String
        /// The interface they share.
        package let interface: MirrorInterface
        /// `mirror/instance`.
        package let serverID: String
        /// Port it listens at.
        package let port: Int
    }

    private let configuration: Configuration
    private let onReady: @Sendable (Served) -> Void

    /// - Parameter onReady: called when the twin is served and has the original's set values.
    package init(_ configuration: Configuration, onReady: @escaping @Sendable (Served) -> Void) {
        self.configuration = configuration
        self.onReady = onReady
    }

    /// Reads the interface of the original, declares the twin and serves it until a graceful shutdown, the Kill command or the task's
    /// cancellation.
    /// - Throws: `ServerStartError`, what the original and the database throw.
    package func run() async throws {
        var options = ClientOptions()
        options.keepsWireTexts = true
        let system = ControlSystem(host: self.configuration.tangoHost, options: options)
        do {
            try await self.serve(system)
        } catch {
            await system.shutdown()
            throw error
        }
        await system.shutdown()
    }

    private func serve(_ system: ControlSystem) async throws {
        let twin = try DeviceName(self.configuration.twin).text
        let original = try await system.device(self.configuration.original)
        guard original.name.tangoFolded != twin.tangoFolded || !self.configuration.usesDatabase else {
            throw ServerStartError("a twin needs a name of its own")
        }
        let interface = try await MirrorInterface.query(original)
        let mirror = try Mirror(interface, values: self.configuration.values, original: original, logger: self.configuration.logger)
        let instance = self.configuration.instance ?? twin.split(separator: "/").joined(separator: "-")
        if self.configuration.usesDatabase { try await mirror.define(twin, instance: instance, in: try system.database()) }
        let server = DeviceServer(
            classes: [mirror.deviceClass],
            configuration: .init(
                name: Mirror.serverName,
                arguments: ServerArguments(
                    instance: instance, source: self.configuration.usesDatabase ? .database : .none([.init(name: twin)]),
                    endPoint: .init(host: self.configuration.host, port: self.configuration.port)),
                tangoHost: self.configuration.tangoHost, logger: self.configuration.logger))
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await server.run()
                return true
            }
            group.addTask {
                // Where the server does not start, its own error is the reason.
                guard let port = try? await server.waitUntilReady() else { return false }
                try await mirror.prime(try await system.device(self.locator(of: twin, port: port)))
                self.onReady(
                    Served(twin: twin, original: original.name, interface: interface, serverID: server.serverID, port: port))
                if let period = self.configuration.followPeriod { await mirror.follow(every: period) }
                return false
            }
            while let hasServerEnded = try await group.next(), !hasServerEnded {}
            group.cancelAll()
        }
    }

    private func locator(of twin: String, port: Int) -> String {
        let host =
            switch self.configuration.host {
            case "", "0.0.0.0": "127.0.0.1"
            case "::": "::1"
            default: self.configuration.host
            }
        return "tango://\(TangoHost(host: host, port: port))/\(twin)#dbase=no"
    }
}
