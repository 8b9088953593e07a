public import Logging
public import TangoClient
public import TangoCore
import TangoIIOP

/// A device's handle to the server: its state, properties, members, logger. It may be used from any task at any time.
public final class DeviceContext: Sendable {
    package let runtime: DeviceRuntime

    package init(_ runtime: DeviceRuntime) {
        self.runtime = runtime
    }

    /// Name of the device, `domain/family/member`.
    public var name: DeviceName { self.runtime.name }

    /// The state as last computed: the one the device has set (`UNKNOWN` before), or `ALARM` because of its attributes.
    public var state: DevState { self.runtime.state }

    /// Sets the state. While it is `ON`, clients see `ALARM` when the value of an attribute is beyond a limit.
    public func setState(_ state: DevState) {
        self.runtime.stateAndStatus.set(state)
    }

    /// Sets the text of the status; `nil` returns to the sentence about the state, "The device is in ON state."
    public func setStatus(_ status: String?) {
        let text = status?.wireMetadata
        self.runtime.stateAndStatus.set(status: text)
    }

    /// Logs to the device's logging targets as far as its logging level admits. Never blocks.
    public var logger: Logger { self.runtime.logger }

    /// The client of the device's code, for the control system the server is in and for any other.
    ///
    /// Calls on devices of the same server stay in the process and in the task, so a device may read its own attributes and two devices may
    /// call each other in turn. A device that waits for one that waits for it gets `API_CommandTimedOut`.
    public var controlSystem: ControlSystem { self.runtime.server.controlSystem?.readableTexts() ?? Self.withoutServer }

    private static let withoutServer = ControlSystem(
        host: nil, options: ClientOptions(), eventLoops: .shared)

    /// Runs the closure while it holds the device, for the device's own background work: no request runs meanwhile.
    ///
    /// `try await context.withDevice { (device: Thermostat) in device.history.append(try await device.measure()) }`
    /// - Parameters:
    ///   - type: class of the device; inferred from the closure.
    ///   - body: receives the device's object.
    /// - Returns: the result of the closure.
    /// - Throws: the error of the closure; `API_CommandTimedOut` when the device stays busy for the server's limit (3.2 s);
    ///   `API_ShutdownInProgress` when the device has ended; `API_WrongDeviceClass` when it is of another class.
    public func withDevice<D: Device, R: Sendable>(
        as type: D.Type = D.self, _ body: @escaping @concurrent @Sendable (D) async throws -> R
    ) async throws -> R {
        try await self.runtime.withDevice { [name] device in
            guard let device = device as? D else {
                throw DevFailed("API_WrongDeviceClass", "Device \(name) is not of class \(D.self)", origin: "DeviceContext::withDevice")
            }
            return try await body(device)
        }
    }
}
