import Synchronization
import TangoCore

/// What a device keeps when DevRestart replaces its object: it belongs to the name, not to the object.
final class DeviceTenure: Sendable {
    /// All that requests to a device look at which nobody locked.
    private let concernsRequests = Atomic<Bool>(false)
    private let lock = Mutex(ClientLock())

    init() {}

    /// Whether a client holds the device's lock, or lost it and is to be told.
    var isLockWatched: Bool { self.concernsRequests.load(ordering: .acquiring) }

    /// Works with the lock; `now` is handed in whole seconds.
    func withLock<R>(_ body: (inout ClientLock, _ now: Int64) throws(DevFailed) -> R) throws(DevFailed) -> R {
        let now = ContinuousClock.now.wholeSeconds
        return try self.lock.withLock { (lock) throws(DevFailed) -> R in
            defer { self.concernsRequests.store(lock.concernsRequests, ordering: .releasing) }
            return try body(&lock, now)
        }
    }
}

extension ContinuousClock.Instant {
    private static let origin = ContinuousClock.now

    /// Whole seconds on a scale of this process, from 1 on.
    fileprivate var wholeSeconds: Int64 { 1 + (self - Self.origin).components.seconds }
}
