import TangoCore

/// What the gateway was doing when the control system failed. It decides whether "unknown" means the URL (404) or the call (400).
enum UpstreamPhase: Sendable {
    /// Calling the database of the URL.
    case database
    /// Looking for the device, attribute, command or pipe the URL names.
    case resolving
    /// Executing the request.
    case calling
}

/// Calls the control system and gives a failure the status that fits the phase.
func upstream<Value>(
    _ phase: UpstreamPhase, _ call: () async throws(DevFailed) -> Value
) async throws(HTTPFailure) -> Value {
    do {
        return try await call()
    } catch {
        throw HTTPFailure(error, while: phase)
    }
}

/// Reads what was just written.
/// - Throws: the failure inside a `REST_NotReadBack`, since the write was done.
func readingBack<Value>(_ name: String, _ read: () async throws(DevFailed) -> Value) async throws(DevFailed) -> Value {
    do {
        return try await read()
    } catch {
        throw error.notReadBack(name, origin: "")
    }
}

extension DevFailed {
    /// Returns the failure to report when what was written could not be read back.
    func notReadBack(_ name: String, origin: String) -> DevFailed {
        self.rethrowing(.restNotReadBack, "\(name) was written, but could not be read back", origin: origin)
    }
}
