import NIOCore
import TangoCore
import TangoIIOP
import TangoWire

/// How a device is found.
enum DeviceOrigin: Sendable {
    /// By its name in a database.
    case database(DatabaseClient)
    /// At an address, without a database. A database itself may have further addresses.
    case corbaloc(TangoHost, objectKey: String, alternatives: [TangoHost] = [])
}

/// What is called: names the culprit of a failure.
struct CallTarget: Sendable {
    /// `domain/family/member`, or the address of a database.
    var name: String
    /// Whether it is a database device: connection failures then have another reason.
    var isDatabase: Bool

    /// Kind of the texts in arguments of commands: names and properties where the device is the database or an admin device.
    var argumentTexts: TangoText.Kind {
        self.isDatabase || self.name.utf8.starts(with: "dserver/".utf8) ? .metadata : .value
    }

    /// Translates an error into what the caller of a proxy gets.
    func failure(_ error: any Error, timeout: Duration) -> DevFailed {
        DevFailed.from(error, calling: self.name, timeout: timeout, isDatabase: self.isDatabase)
    }
}

/// Looks a device up as its origin says.
struct DeviceLookUp: ReferenceSource {
    var name: String
    var origin: DeviceOrigin

    func reference(deadline: NIODeadline) async throws -> ObjectReference {
        switch self.origin {
        case .database(let database):
            let imported = try await database.importDevice(self.name, deadline: deadline)
            guard imported.isExported else {
                throw DevFailed(
                    .deviceNotExported, "Device \(self.name) is not exported (hint: try to start the device server)", origin: "DeviceProxy")
            }
            return try ObjectReference(ior: imported.ior, deviceName: self.name)
        case .corbaloc(let host, let objectKey, let alternatives):
            func endpoint(_ host: TangoHost) -> Endpoint { Endpoint(host: host.host, port: host.port, version: .v1_0) }
            var reference = ObjectReference(endpoint: endpoint(host), objectKey: objectKey, version: 0)
            reference.append(alternatives.map(endpoint))
            return reference
        }
    }
}

/// Carries the calls of a device: straight to the dispatcher for a handler that calls a device of its own server, else over the control
/// system's shared connections, which its observer hears of.
struct DeviceTransport: Transport {
    let system: ControlSystem
    let target: CallTarget

    /// Calls the device. The texts of the call, of its result and of an error are converted here and nowhere else (`Compatibility T4`).
    func call(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        guard !self.system.options.keepsWireTexts else {
            return try await self.transmit(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
        }
        let call = call.wireTexts(argument: self.target.argumentTexts)
        do {
            return try await self.transmit(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline).readableTexts()
        } catch TransportError.user(let exception) {
            throw TransportError.user(exception.readableTexts())
        }
    }

    /// A call inside the process has no limit of time.
    private func transmit(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        if let server = InProcess.target, server.serves(endpoint) {
            return try await server.call(objectKey: objectKey, call)
        }
        let connections = self.system.connections
        guard let observer = self.system.callObserver else {
            return try await connections.call(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
        }
        let start = ContinuousClock.now
        do {
            let result = try await connections.call(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
            observer.callEnded(after: ContinuousClock.now - start, isDatabase: self.target.isDatabase, failure: nil)
            return result
        } catch {
            let duration = ContinuousClock.now - start
            observer.callEnded(
                after: duration, isDatabase: self.target.isDatabase, failure: self.target.failure(error, timeout: duration))
            throw error
        }
    }
}
