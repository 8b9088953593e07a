import Logging
import NIOPosix
import TangoClient
import TangoCore

/// A device's handle to the kernel: its state, its properties, its members. Any task may use it.
public final class DeviceContext: Sendable {
    package let runtime: DeviceRuntime

    package init(_ runtime: DeviceRuntime) {
        self.runtime = runtime
    }

    public var name: DeviceName { self.runtime.name }

    /// The state the device set, or ALARM while an attribute is wrongly configured.
    public var state: DevState { self.runtime.state }

    public func setState(_ state: DevState) {
        self.runtime.condition.withLock { condition in
            condition.state = state
            condition.isAlarming = false
        }
    }

    /// Text of the status; `nil` goes back to the sentence about the state.
    public func setStatus(_ status: String?) { self.runtime.condition.withLock { $0.status = status } }

    /// Writes to the device's log: to its logging targets, as far as its logging level lets it through. Never waits for them.
    public var logger: Logger { self.runtime.logger }

    /// A client for the device's code: of the control system the server is in, and of any other.
    ///
    /// Calls on devices of the same server go straight in, so a device may read its own attributes and two may call each other in turn; a
    /// device that waits for one that waits for it gets `API_CommandTimedOut`.
    public var controlSystem: ControlSystem { self.runtime.server.controlSystem ?? Self.withoutServer }

    private static let withoutServer = ControlSystem(
        host: nil, options: ClientOptions(), group: MultiThreadedEventLoopGroup.singleton)

    /// Values of a property: of the device, else of its class, else the declared default, else `nil`.
    public func property(_ name: String) -> [String]? {
        let key = name.tangoFolded
        if let values = self.runtime.configuration.properties[key] ?? self.runtime.configuration.classProperties[key] { return values }
        let declared = self.runtime.deviceClass.properties.first { $0.name.tangoFolded == key }?.defaultValue
        return declared?.isEmpty == false ? declared : nil
    }

    /// Runs the body with the device's gate held, for the device's own background work: no request runs meanwhile.
    /// - Throws: `API_CommandTimedOut` when the gate is not had in time, `API_ShutdownInProgress` when the device ended.
    public func withDevice<R: Sendable>(_ body: @escaping @Sendable (any Device) async throws -> R) async throws -> R {
        try await self.runtime.withDevice(body)
    }
}
