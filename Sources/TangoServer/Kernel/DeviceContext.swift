import Logging
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

    public func setState(_ state: DevState) { self.runtime.condition.withLock { $0.state = state } }

    /// Text of the status; `nil` goes back to the sentence about the state.
    public func setStatus(_ status: String?) { self.runtime.condition.withLock { $0.status = status } }

    /// Writes to the device's log.
    public var logger: Logger {
        var logger = self.runtime.environment.logger
        logger[metadataKey: "device"] = "\(self.runtime.name)"
        return logger
    }

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

    /// Adds an attribute to this device; visible at once. The same definition again changes nothing.
    /// - Throws: `API_AttrNotFound` when an attribute of another definition has that name.
    public func addAttribute(_ definition: AttributeDefinition) throws(DevFailed) { try self.runtime.add(definition) }

    /// - Throws: `API_AttrNotFound`.
    public func removeAttribute(_ name: String) throws(DevFailed) { try self.runtime.removeAttribute(name) }

    /// Adds a command to this device; visible at once.
    /// - Throws: `API_CommandNotFound` when a command of another definition has that name.
    public func addCommand(_ definition: CommandDefinition) throws(DevFailed) { try self.runtime.add(definition) }

    /// - Throws: `API_CommandNotFound`.
    public func removeCommand(_ name: String) throws(DevFailed) { try self.runtime.removeCommand(name) }

    /// Adds a pipe to this device, or replaces the one of that name.
    public func addPipe(_ definition: PipeDefinition) { self.runtime.add(definition) }

    /// - Throws: `API_PipeNotFound`.
    public func removePipe(_ name: String) throws(DevFailed) { try self.runtime.removePipe(name) }
}
