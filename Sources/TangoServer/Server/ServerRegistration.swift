import Foundation
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// What a server writes into its database about itself.
struct ServerRegistration: Sendable {
    let link: DatabaseLink
    /// Connections of the server's own client.
    let connections: ConnectionCache

    /// Makes sure that no other process runs this server.
    /// - Throws: `ServerStartError` when the admin device that the database has exported answers, or does not answer in time.
    func refuseSecondInstance(_ data: ServerData) async throws {
        guard let ior = data.runningAdmin, !ior.isEmpty else { return }
        do {
            let reference = try IOR(parsing: ior)
            guard let profile = reference.iiopProfile else { return }
            _ = try await self.connections.call(
                Endpoint(host: profile.host, port: Int(profile.port), version: profile.version), objectKey: profile.objectKey, .name,
                timeout: .seconds(3))
            throw ServerStartError("This server is already running, exiting!")
        } catch let error as ServerStartError {
            throw error
        } catch TransportError.timedOut {
            throw ServerStartError("This server is already running but is blocked!")
        } catch {
            // The registered process has ended.
        }
    }

    /// Prepares the database for a start: removes the event channel of earlier servers and writes the documentation of the classes where it
    /// has none.
    func prepare(_ classes: [DeviceClass], _ data: inout ServerData) async {
        try? await self.link.unexportEventChannel()
        for deviceClass in classes {
            let existing = data.classProperties[deviceClass.name.tangoFolded] ?? [:]
            try? await self.link.putDocumentation(of: deviceClass, existing: existing)
            data.document(deviceClass)
        }
    }

    /// Exports the devices side by side, then the admin device if it is among them.
    /// - Throws: `ServerStartError`.
    func export(_ devices: [DeviceRuntime], admin: DeviceRuntime?, at address: ServerAddress) async throws {
        try await self.export(devices.filter { $0 !== admin }, at: address)
        guard let admin, devices.contains(where: { $0 === admin }) else { return }
        try await self.export([admin], at: address)
        try? await self.link.forgetPollingThreads()
    }

    private func export(_ devices: [DeviceRuntime], at address: ServerAddress) async throws {
        let references = zip(devices, address.references(of: devices)).map { $0 }
        _ = try await references.concurrentMap(atMost: DatabaseLink.requestsAtOnce) { [link] device, reference in
            do {
                try await link.export(
                    device: device.name.text, ior: reference, pid: ProcessInfo.processInfo.processIdentifier,
                    version: device.interfaceVersion)
                device.logger.debug("exported")
            } catch {
                throw ServerStartError("Cannot export \(device.name): \(error)")
            }
        }
    }

    /// Marks all devices of the server as not exported.
    func unexport() async {
        try? await self.link.unexportServer()
    }
}
