import Logging
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire
import Testing

@testable import TangoServer

/// A server without a database on a free port of this machine, and a client of it.
struct TestServer: Sendable {
    let server: DeviceServer
    let client: ControlSystem

    /// Starts a server, runs the body, stops the server.
    static func run(
        _ classes: [DeviceClass], devices: [String], gateTimeout: Duration = .seconds(10), source: ServerArguments.Source? = nil,
        verbosity: Int = 0, logger: Logger? = nil,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var arguments = ServerArguments(
            instance: "test", source: try source ?? .none(devices.map(Self.named)), endPoint: .init(host: "127.0.0.1", port: 0))
        arguments.verbosity = verbosity
        let server = DeviceServer(
            classes: classes,
            configuration: .init(name: "Test", arguments: arguments, poolThreads: 4, gateTimeout: gateTimeout, logger: logger))
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
        return .init(name: try #require(parts.last), deviceClass: parts.count == 2 ? parts[0] : nil)
    }

    private func stop() async {
        await self.client.shutdown()
        await self.server.stop()
    }

    func device(_ name: String = "t/a/1") async throws -> DeviceProxy {
        try await self.client.device("tango://127.0.0.1:\(self.server.port)/\(name)#dbase=no")
    }

    func admin() async throws -> DeviceProxy { try await self.device(self.server.adminName) }

    /// A call as it is, in any interface version.
    func call(_ call: DeviceCall, on key: String = "t/a/1", version: GIOPVersion = .v1_2) async throws -> DeviceResult {
        try await self.client.connections.call(
            Endpoint(host: "127.0.0.1", port: self.server.port, version: version), objectKey: key, call, timeout: .seconds(30))
    }

    /// Why a call failed; `nil` when it did not.
    func failure(_ call: DeviceCall, on key: String = "t/a/1") async -> TransportError? {
        do {
            _ = try await self.call(call, on: key)
            return nil
        } catch {
            return error as? TransportError
        }
    }

    /// The device's own side.
    func context(_ name: String = "t/a/1") throws -> DeviceContext {
        let runtime = try #require(self.server.devices.first { $0.name.folded == name })
        return DeviceContext(runtime)
    }
}

extension DeviceProxy {
    /// The error a command ends with; `nil` when it succeeds.
    func commandFailure(_ name: String, _ argument: CommandData = .void) async -> DevFailed? {
        do {
            try await self.command(name, argument)
            return nil
        } catch {
            return error
        }
    }

    /// The error writing one attribute ends with; `nil` when it succeeds.
    func writeFailure(_ name: String, _ data: AttributeData, _ dimension: AttributeDimension? = nil) async -> DevFailed? {
        do {
            try await self.writeAttribute(
                dimension.map { AttributeWrite(name: name, data: data, dimension: $0) } ?? AttributeWrite(name: name, data: data))
            return nil
        } catch {
            return error
        }
    }

    /// The error of changing one attribute's configuration; `nil` when it succeeds.
    func configFailure(_ name: String, _ change: (inout AttributeConfig) -> Void) async -> DevFailed? {
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
final class PlainDevice: Device {
    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}
}

/// Waits until the condition holds, for at most ten seconds.
func eventually(_ condition: () async throws -> Bool) async throws {
    for _ in 0..<1000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("did not come true in time")
}
