import TangoCore
import TangoIIOP

/// A client as locks tell clients apart: a C++, Python or Swift one by process and connection, a Java one by its own words.
struct LockClient: Sendable, Equatable {
    var identity: ClientIdentity
    var peer: PeerAddress

    static func == (left: Self, right: Self) -> Bool {
        switch (left.identity, right.identity) {
        case (.cpp(let one), .cpp(let other)), (.cpp(let one), .cpp6(let other, _, _)), (.cpp6(let one, _, _), .cpp(let other)),
            (.cpp6(let one, _, _), .cpp6(let other, _, _)):
            one == other && left.peer == right.peer
        case (.java(_, let one), .java(_, let other)), (.java(_, let one), .java6(_, let other, _, _)),
            (.java6(_, let one, _, _), .java(_, let other)), (.java6(_, let one, _, _), .java6(_, let other, _, _)):
            one == other
        default: false
        }
    }
}

/// The lock a client may hold on a device. No clock, no sockets: `now` is in whole seconds, on any scale that does not jump.
struct ClientLock: Sendable {
    /// A lock that is or was held.
    struct Hold: Sendable {
        var client: LockClient
        /// Seconds the lock lasts after it was last confirmed; the last second counts.
        var validity: Int64
        var confirmed: Int64
        /// How often the client locked without unlocking.
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
    /// Who lost the lock to a forced unlock and is to be told.
    private var former: LockClient?

    /// Whether requests have to be checked at all.
    var concernsRequests: Bool { self.hold != nil || self.former != nil }

    /// The lock, if it has not run out.
    func hold(now: Int64) -> Hold? {
        guard let hold = self.hold, now <= hold.confirmed + hold.validity else { return nil }
        return hold
    }

    /// Takes the lock, or once more by its owner.
    /// - Throws: `API_DeviceLocked`.
    mutating func lock(by client: LockClient, for validity: Int32, now: Int64, device: String) throws(DevFailed) {
        var hold = self.hold(now: now) ?? Hold(client: client, validity: 0, confirmed: now, count: 0)
        guard hold.client == client else {
            throw DevFailed(.deviceLocked, "Device \(device) is already locked by another client", origin: "Device_Impl::lock")
        }
        hold.validity = Int64(validity)
        hold.confirmed = now
        hold.count = hold.count.addingReportingOverflow(1).partialValue
        self.hold = hold
        // It knows by now.
        if self.former == client { self.former = nil }
    }

    /// Makes the lock last for another period.
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

    /// Gives one locking back, or with `force` takes the lock away from whoever holds it.
    /// - Returns: how often it is still locked.
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

    /// Whether a request that changes something may go on.
    /// - Parameter isHarmless: the request is one the class allows to everybody.
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
