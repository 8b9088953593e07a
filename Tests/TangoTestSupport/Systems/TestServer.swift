package import Logging
import Synchronization
package import TangoClient
package import TangoCore
package import TangoIIOP
package import TangoServer
package import TangoWire

/// A server without a database on a free port of this machine, and a client of it.
package struct TestServer: Sendable {
    package let server: DeviceServer
    package let client: ControlSystem

    package init(server: DeviceServer, client: ControlSystem) {
        self.server = server
        self.client = client
    }

    /// Starts a server, runs the body, stops the server.
    package static func run(
        _ classes: [DeviceClass], devices: [String], gateTimeout: Duration = .seconds(10), source: ServerArguments.Source? = nil,
        verbosity: Int = 0, logger: Logger? = nil,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var arguments = ServerArguments(
            instance: "test", source: try source ?? .none(devices.map(Self.named)), endPoint: .init(host: "127.0.0.1", port: 0))
        arguments.verbosity = verbosity
        let server = DeviceServer(
            classes: classes,
            configuration: .init(
                name: "Test", arguments: arguments, eventLoopThreads: 1, poolThreads: 4, gateTimeout: gateTimeout, logger: logger))
        var options = ClientOptions()
        options.timeout = .seconds(30)
        let test = TestServer(server: server, client: ControlSystem(options: options))
        do {
            try await server.start()
            try await body(test)
        } catch {
            await test.stop()
            throw error
        }
        await test.stop()
    }

    /// `Class::d/f/m` or `d/f/m`.
    private static func named(_ text: String) throws -> ServerArguments.NamedDevice {
        let parts = text.split(separator: "::").map(String.init)
        guard let name = parts.last else { throw PeerFailure("'\(text)' names no device") }
        return .init(name: name, deviceClass: parts.count == 2 ? parts[0] : nil)
    }

    private func stop() async {
        await self.client.shutdown()
        await self.server.stop()
    }

    package func device(_ name: String = "t/a/1") async throws -> DeviceProxy {
        try await self.client.device("tango://127.0.0.1:\(self.server.port)/\(name)#dbase=no")
    }

    package func admin() async throws -> DeviceProxy { try await self.device(self.server.adminName) }

    /// A call as it is, in any interface version.
    package func call(_ call: DeviceCall, on key: String = "t/a/1", version: GIOPVersion = .v1_2) async throws -> DeviceResult {
        try await self.client.connections.call(
            Endpoint(host: "127.0.0.1", port: self.server.port, version: version), objectKey: key, call, timeout: .seconds(30))
    }

    /// Why a call failed; `nil` when it did not.
    package func failure(_ call: DeviceCall, on key: String = "t/a/1") async -> TransportError? {
        do {
            _ = try await self.call(call, on: key)
            return nil
        } catch {
            return error as? TransportError
        }
    }

    /// The device's own side.
    package func context(_ name: String = "t/a/1") throws -> DeviceContext {
        guard let runtime = self.server.devices.first(where: { $0.name.folded == name }) else { throw PeerFailure("no device \(name)") }
        return DeviceContext(runtime)
    }
}

extension DeviceProxy {
    /// The error a command ends with; `nil` when it succeeds.
    package func commandFailure(_ name: String, _ argument: CommandData = .void) async -> DevFailed? {
        do {
            try await self.command(name, argument)
            return nil
        } catch {
            return error
        }
    }

    /// The error writing one attribute ends with; `nil` when it succeeds.
    package func writeFailure(_ name: String, _ data: AttributeData, _ dimension: AttributeDimension? = nil) async -> DevFailed? {
        do {
            try await self.writeAttribute(
                dimension.map { AttributeWrite(name: name, data: data, dimension: $0) } ?? AttributeWrite(name: name, data: data))
            return nil
        } catch {
            return error
        }
    }

    /// The error of changing one attribute's configuration; `nil` when it succeeds.
    package func configFailure(_ name: String, _ change: (inout AttributeConfig) -> Void) async -> DevFailed? {
        do {
            var config = try await self.attributeConfig(name)
            change(&config)
            try await self.setAttributeConfigs([config])
            return nil
        } catch {
            return error
        }
    }
}

/// A device that holds nothing.
package final class PlainDevice: Device {
    package init(context: DeviceContext) { context.setState(.on) }
    package func initialize() {}
}
