import NIOCore
import TangoCore
import TangoIIOP
import TangoWire

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
