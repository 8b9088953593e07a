package import NIOCore
package import TangoWire

/// Carries one call to an object and its result back, once: repeating a call is the caller's decision.
package protocol Transport: Sendable {
    /// Calls the object with that key at the endpoint.
    /// - Parameters:
    ///   - connectBy: when to give up connecting, at most the deadline.
    ///   - deadline: end of the call, connecting included.
    /// - Throws: `TransportError`.
    func call(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult
}
