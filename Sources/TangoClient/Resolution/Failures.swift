import TangoCore
import TangoIIOP
import TangoWire

extension DevFailed {
    /// Translates the error of a call: the reasons that clients of cppTango 9.3.4 give, the cause first.
    /// - Parameters:
    ///   - target: name of the device, or address of the database.
    ///   - timeout: the limit the call had.
    static func from(_ error: any Error, calling target: String, timeout: Duration, isDatabase: Bool = false) -> DevFailed {
        let cantConnect: ErrorReason = isDatabase ? .cantConnectToDatabase : .cantConnectToDevice
        func connecting(_ reason: ErrorReason, _ text: String) -> DevFailed {
            DevFailed(reason, text, origin: "Connection")
                .rethrowing(cantConnect, "Failed to connect to \(isDatabase ? "database" : "device") \(target)", origin: "Connection")
        }
        switch error {
        case let failed as DevFailed: return failed
        case TransportError.hostNotFound(let host): return connecting("API_HostNotFound", "Host \(host) is not known")
        case TransportError.connectionRefused(let address): return connecting("API_ConnectionRefused", "Nothing listens at \(address)")
        case TransportError.connectTimedOut(let address): return connecting("API_ConnectTimedOut", "No answer from \(address)")
        case TransportError.connectFailed(let text): return connecting("API_ConnectionFailed", "Cannot connect to \(text)")
        case TransportError.timedOut:
            let failed = Self.corba("TRANSIENT", "TRANSIENT_CallTimedout").rethrowing(
                .deviceTimedOut, "Timeout (\(timeout.nanoseconds / 1_000_000) mS) exceeded on device \(target)", origin: "Connection")
            // A call on a device may fail because its database does not answer: the failure names which of them it was.
            return isDatabase ? failed.rethrowing(cantConnect, "Database \(target) does not answer", origin: "Connection") : failed
        case TransportError.connectionLost, TransportError.closedByPeer, TransportError.protocolError:
            return Self.corba("COMM_FAILURE", "COMM_FAILURE_WaitingForReply").communicationFailed(target)
        case TransportError.badReply(let reason): return Self.corba("MARSHAL", "\(reason)").communicationFailed(target)
        case TransportError.system(let exception):
            return Self.corba(exception.name, "0x" + String(exception.minorCode, radix: 16)).communicationFailed(target)
        case TransportError.user(.devFailed(let failed)): return failed
        case TransportError.user(.multiDevFailed(let failed)):
            return DevFailed(errors: failed.errors.first?.errors ?? [])
        case TransportError.user(.unknown(let id)): return Self.corba("UNKNOWN", id).communicationFailed(target)
        case TransportError.forwarded: return Self.corba("TRANSIENT", "too many forwards").communicationFailed(target)
        case TransportError.cancelled, is CancellationError:
            return DevFailed("API_Cancelled", "The call on \(target) was cancelled", origin: "Connection")
        case TransportError.shutDown: return DevFailed(.shutdownInProgress, "The client is shut down", origin: "Connection")
        default: return DevFailed(wrapping: error, origin: "Connection")
        }
    }

    private static func corba(_ name: String, _ minor: String) -> DevFailed {
        DevFailed(.corbaException, "\(name) CORBA system exception: \(minor)", origin: "Connection")
    }

    private func communicationFailed(_ target: String) -> DevFailed {
        self.rethrowing(.communicationFailed, "Failed to execute the call on device \(target)", origin: "Connection")
    }
}
