import TangoCore
import TangoIIOP
import TangoWire

/// A server in this very process: calls on its devices from its own handlers need no network, and come back in the same task, so that a
/// device may call itself.
package protocol LocalServer: Sendable {
    /// Whether requests to that address would come to this server.
    func serves(_ endpoint: Endpoint) -> Bool
    /// Where a device of this server can be asked for without a database; `nil` for others.
    /// - Parameter name: in lower case.
    func address(ofDevice name: String) -> TangoHost?
    /// - Throws: `TransportError`, as a call over the network would.
    func call(objectKey: String, _ call: DeviceCall) async throws -> DeviceResult
    /// The handler's device got itself a proxy of that device.
    func uses(device name: String)
}

/// The server whose handler the current task runs.
package enum HandlerTask {
    @TaskLocal package static var server: (any LocalServer)?
}
