package import TangoCore
import TangoIIOP
import TangoWire

/// Checks requests against the lock that a client may hold on a device.
package struct DeviceLocking: Sendable {
    let runtime: DeviceRuntime

    /// Locks of the root devices of forwarded attributes.
    var ofRoots: ForwardedLocks { ForwardedLocks(runtime: self.runtime) }

    /// Returns the error of a request that a client's lock refuses; `nil` for nearly all requests, at the cost of one atomic load.
    @inline(__always)
    func refusal(of call: DeviceCall, from peer: PeerAddress) -> DevFailed? {
        guard self.runtime.persistentState.isLockWatched else { return nil }
        return self.checkedRefusal(of: call, from: peer)
    }

    private func checkedRefusal(of call: DeviceCall, from peer: PeerAddress) -> DevFailed? {
        var isHarmless = false
        switch call {
        case .command(let name, _, _, _, _):
            let name = name.tangoFolded
            if name == "state" || name == "status" { return nil }
            isHarmless = self.runtime.configuration.classProperties["allowedaccesscmd"]?.contains { $0.tangoFolded == name } ?? false
        case .writeAttributes, .writeReadAttributes, .setAttributeConfigs, .setPipeConfigs, .writePipe, .writeReadPipe: break
        default: return nil
        }
        let client = Caller(identity: call.identity, peer: peer).lockClient
        let refusal = try? self.runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
            lock.refusal(of: client, isHarmless: isHarmless, now: now)
        }
        let origin = "Device_Impl::\(call.operation.name)"
        switch refusal ?? nil {
        case .locked: return DevFailed(.deviceLocked, "Device \(self.runtime.name) is locked by another client", origin: origin)
        case .unlocked:
            return DevFailed(
                .deviceUnlocked, "Device \(self.runtime.name) has been unlocked by an administrative client!!!", origin: origin)
        case nil: return nil
        }
    }

    /// Refuses an admin command that changes the device (DevRestart, polling, logging) to all but the owner of its lock.
    /// - Parameters:
    ///   - call: the call of the admin command.
    ///   - name: the device as the client named it; its own name if not given.
    /// - Throws: `API_DeviceLocked`.
    package func refuseIfLocked(for call: MemberCall, named name: String? = nil) throws(DevFailed) {
        guard self.runtime.persistentState.isLockWatched else { return }
        let client = call.caller?.lockClient
        let isRefused = try self.runtime.persistentState.withLock { (lock, now) throws(DevFailed) in
            lock.hold(now: now).map { $0.client != client } ?? false
        }
        guard isRefused else { return }
        throw DevFailed(
            .deviceLocked,
            "Device \(name ?? self.runtime.name.text) is locked by another client. Your request is not allowed while a device is locked.",
            origin: "DServer::\(call.name)")
    }
}
