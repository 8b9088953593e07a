import TangoIIOP
import TangoWire

/// Decides what follows a failed attempt to call a device. A value: no clock, no network.
///
/// A request is repeated only when it was certainly not executed.
struct CallRecovery: Sendable, Hashable {
    /// What has happened to the call so far.
    enum Phase: Sendable, Hashable {
        /// Sent by a reference that was kept from earlier calls.
        case keptReference(resends: Int)
        /// Sent by a reference that was looked up for this call.
        case freshReference(resends: Int)
        /// Sent by a second reference, looked up or given in a reply: no third is tried.
        case secondReference(resends: Int)
    }

    /// What the caller has to do.
    enum Action: Sendable, Hashable {
        /// Send by the same reference: the peer closed the connection before the request was executed.
        case resend
        /// Look the device up anew, then send.
        case lookUp
        /// Send by the reference in the reply.
        case follow
        /// Fail with the error.
        case fail
    }

    /// How often a connection may be closed by the peer before a request is executed.
    static let resendLimit = 2

    private(set) var phase: Phase

    init(isReferenceKept: Bool) {
        self.phase = isReferenceKept ? .keptReference(resends: 0) : .freshReference(resends: 0)
    }

    /// Takes the error of an attempt.
    mutating func next(after error: TransportError) -> Action {
        switch (error, self.phase) {
        case (.closedByPeer, .keptReference(let resends)) where resends < Self.resendLimit:
            self.phase = .keptReference(resends: resends + 1)
            return .resend
        case (.closedByPeer, .freshReference(let resends)) where resends < Self.resendLimit:
            self.phase = .freshReference(resends: resends + 1)
            return .resend
        case (.closedByPeer, .secondReference(let resends)) where resends < Self.resendLimit:
            self.phase = .secondReference(resends: resends + 1)
            return .resend
        case (.forwarded, .keptReference), (.forwarded, .freshReference):
            self.phase = .secondReference(resends: 0)
            return .follow
        // Connection refused by a kept reference: the server may have moved. By a fresh one: it is down.
        case (_, .keptReference) where error.meansStaleReference && error.excludesExecution:
            self.phase = .secondReference(resends: 0)
            return .lookUp
        default: return .fail
        }
    }
}

extension TransportError {
    /// Whether no connection could be opened.
    var isConnectFailure: Bool {
        switch self {
        case .hostNotFound, .connectionRefused, .connectTimedOut, .connectFailed: true
        default: false
        }
    }

    /// Whether the device is to be looked up anew before the next call.
    var meansStaleReference: Bool {
        switch self {
        case .hostNotFound, .connectionRefused, .connectTimedOut, .connectFailed, .connectionLost, .closedByPeer: true
        case .system(let exception): exception.name == "OBJECT_NOT_EXIST" || exception.name == "TRANSIENT"
        default: false
        }
    }

    /// Whether repeating the request cannot execute it twice, among the errors that mean a stale reference.
    var excludesExecution: Bool {
        if case .connectionLost = self { false } else { true }
    }
}
