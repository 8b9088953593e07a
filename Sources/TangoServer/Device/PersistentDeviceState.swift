import Synchronization
import TangoCore

/// What a device keeps when DevRestart replaces its object: it belongs to the name, not to the object.
final class DeviceTenure: Sendable {
    /// All that requests to a device look at which nobody locked.
    private let concernsRequests = Atomic<Bool>(false)
    private let lock = Mutex(ClientLock())
    private let hasPolling = Atomic<Bool>(false)
    private let pollingStore = Mutex<DevicePolling?>(nil)

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

    /// What is polled of the device; `nil` for a device of which nothing ever was.
    var polling: DevicePolling? {
        guard self.hasPolling.load(ordering: .acquiring) else { return nil }
        return self.pollingStore.withLock { $0 }
    }

    /// As `polling`, made when it is not there.
    func makePolling() -> DevicePolling {
        self.pollingStore.withLock { store in
            if let store { return store }
            let polling = DevicePolling()
            store = polling
            self.hasPolling.store(true, ordering: .releasing)
            return polling
        }
    }
}

extension ContinuousClock.Instant {
    private static let origin = ContinuousClock.now

    /// Whole seconds on a scale of this process, from 1 on.
    fileprivate var wholeSeconds: Int64 { 1 + (self - Self.origin).components.seconds }
}
