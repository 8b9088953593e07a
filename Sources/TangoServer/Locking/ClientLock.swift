import TangoCore

/// The lock that a client may hold on a device. It has no clock: `now` is in whole seconds, on any scale that does not jump.
struct ClientLock: Sendable {
    /// A lock that is or was held.
    struct Hold: Sendable {
        var client: LockClient
        /// Seconds the lock lasts after its last confirmation; the last second counts.
        var validity: Int64
        var confirmed: Int64
        /// Locks without an unlock.
        var count: Int32
    }

    /// Why a request is refused.
    enum Refusal: Equatable {
        /// Another client holds the lock.
        case locked
        /// The lock was taken away from this very client.
        case unlocked
    }

    private var hold: Hold?
    /// The client that lost the lock to a forced unlock and has not been informed of it.
    private var former: LockClient?

    /// Whether requests have to be checked.
    var concernsRequests: Bool { self.hold != nil || self.former != nil }

    /// Returns the lock if it has not expired.
    func hold(now: Int64) -> Hold? {
        guard let hold = self.hold, now <= hold.confirmed + hold.validity else { return nil }
        return hold
    }

    /// Takes the lock; its owner may take it several times.
    /// - Throws: `API_DeviceLocked`.
    mutating func lock(by client: LockClient, for validity: Int32, now: Int64, device: String) throws(DevFailed) {
        var hold = self.hold(now: now) ?? Hold(client: client, validity: 0, confirmed: now, count: 0)
        guard hold.client == client else {
            throw DevFailed(.deviceLocked, "Device \(device) is already locked by another client", origin: "Device_Impl::lock")
        }
        hold.validity = Int64(validity)
        hold.confirmed = now
        if hold.count < .max { hold.count += 1 }
        self.hold = hold
        // Locking informs it.
        if self.former == client { self.former = nil }
    }

    /// Renews the lock for another period.
    /// - Throws: `API_DeviceLocked`, `API_DeviceNotLocked`.
    mutating func relock(by client: LockClient, now: Int64, device: String) throws(DevFailed) {
        guard let hold = self.hold(now: now) else {
            throw DevFailed(
                .deviceNotLocked, "\(device): Device \(device) is not locked. Can't re-lock it", origin: "Device_Impl::relock")
        }
        guard hold.client == client else {
            throw DevFailed(
                .deviceLocked, "\(device): Device \(device) is already locked by another client", origin: "Device_Impl::relock")
        }
        self.hold?.confirmed = now
    }

    /// Undoes one lock; with `force`, takes the lock away from its owner.
    /// - Returns: the number of locks left.
    /// - Throws: `API_DeviceLocked` for another client's lock, without force.
    mutating func unlock(by client: LockClient?, force: Bool, now: Int64, device: String) throws(DevFailed) -> Int32 {
        guard var hold = self.hold(now: now) else {
            self.hold = nil
            return 0
        }
        guard force || hold.client == client else {
            throw DevFailed(
                .deviceLocked, "Device \(device) is locked by another client, can't unlock it", origin: "Device_Impl::unlock")
        }
        hold.count -= 1
        if force || hold.count <= 0 {
            self.hold = nil
            if force { self.former = hold.client }
            return 0
        }
        self.hold = hold
        return hold.count
    }

    /// Decides on a request that changes something.
    /// - Parameter isHarmless: the class allows the request to all clients.
    /// - Returns: why the request is refused; `nil` if it is not.
    mutating func refusal(of client: LockClient?, isHarmless: Bool, now: Int64) -> Refusal? {
        if self.hold != nil {
            if let hold = self.hold(now: now) { return hold.client == client || isHarmless ? nil : .locked }
            self.hold = nil
            return nil
        }
        guard let former = self.former else { return nil }
        if former == client { return .unlocked }
        self.former = nil
        return nil
    }
}
