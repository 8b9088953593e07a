package import TangoCore
package import TangoIIOP
package import TangoWire

/// A server in this process, as its own handlers see it: their calls on its devices need no network and return in the same task, so that
/// a device may call itself.
package protocol InProcessTarget: Sendable {
    /// Returns whether requests to that address would come to this server.
    func serves(_ endpoint: Endpoint) -> Bool
    /// Returns the address at which a device of this server is found without a database; `nil` for other devices.
    /// - Parameter name: in lower case.
    func address(ofDevice name: String) -> TangoHost?
    /// Calls a device of this server.
    /// - Throws: `TransportError`, as a call over the network would.
    func call(objectKey: String, _ call: DeviceCall) async throws -> DeviceResult
    /// Notes that the handler's device obtained a proxy of that device.
    func uses(device name: String)
}

/// Calls that do not leave the process.
package enum InProcess {
    /// The server whose handler the current task runs.
    @TaskLocal package static var target: (any InProcessTarget)?
}
