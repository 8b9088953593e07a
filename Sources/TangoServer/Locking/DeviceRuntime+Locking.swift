import TangoCore
import TangoIIOP
import TangoWire

extension DeviceRuntime {
    /// Why a request is refused because of a client's lock; `nil` for nearly all requests, at the cost of one atomic load.
    @inline(__always)
    func lockRefusal(of call: DeviceCall, from peer: PeerAddress) -> DevFailed? {
        guard self.persistentState.isLockWatched else { return nil }
        return self.checkedLockRefusal(of: call, from: peer)
    }

    private func checkedLockRefusal(of call: DeviceCall, from peer: PeerAddress) -> DevFailed? {
        var isHarmless = false
        switch call {
        case .command(let name, _, _, _, _):
            let name = name.tangoFolded
            if name == "state" || name == "status" { return nil }
            isHarmless = self.configuration.classProperties["allowedaccesscmd"]?.contains { $0.tangoFolded == name } ?? false
        case .writeAttributes, .writeReadAttributes, .setAttributeConfigs, .setPipeConfigs, .writePipe, .writeReadPipe: break
        default: return nil
        }
        let client = Caller(identity: call.identity, peer: peer).lockClient
        let refusal = try? self.persistentState.withLock { (lock, now) throws(DevFailed) in
            lock.refusal(of: client, isHarmless: isHarmless, now: now)
        }
        let origin = "Device_Impl::\(call.operation.name)"
        switch refusal ?? nil {
        case .locked: return DevFailed(.deviceLocked, "Device \(self.name) is locked by another client", origin: origin)
        case .unlocked:
            return DevFailed(
                .deviceUnlocked, "Device \(self.name) has been unlocked by an administrative client!!!", origin: origin)
        case nil: return nil
        }
    }

    /// What admin commands do first that change a device (DevRestart, polling, logging): refuses them to all but the owner of the device's
    /// lock.
    ///
    /// - Parameters:
    ///   - call: the admin device's own command.
    ///   - name: the device as the client called it; its own name when not given.
    /// - Throws: `API_DeviceLocked`.
    package func refuseIfLocked(for call: MemberCall, named name: String? = nil) throws(DevFailed) {
        guard self.persistentState.isLockWatched else { return }
        let client = call.caller?.lockClient
        let isRefused = try self.persistentState.withLock { (lock, now) throws(DevFailed) in
            lock.hold(now: now).map { $0.client != client } ?? false
        }
        guard isRefused else { return }
        throw DevFailed(
            .deviceLocked,
            "Device \(name ?? self.name.text) is locked by another client. Your request is not allowed while a device is locked.",
            origin: "DServer::\(call.name)")
    }
}
