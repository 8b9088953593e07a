package import TangoCore

/// Is informed of the calls of a client, to count them.
package protocol CallObserver: Sendable {
    /// Called at the end of a call over the network, on the caller's task: it must be quick.
    /// - Parameters:
    ///   - duration: from sending to the answer, connecting included.
    ///   - isDatabase: whether a database was called, not another device.
    ///   - failure: the failure of the call as a whole; failures of single attributes are in its answer.
    func callEnded(after duration: Duration, isDatabase: Bool, failure: DevFailed?)
}
