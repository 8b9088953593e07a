import Synchronization
import TangoCore

/// State that belongs to the name of a device and outlives its object: DevRestart hands it to the new object.
final class PersistentDeviceState: Sendable {
    private let lock = FlaggedMutex(ClientLock())
    private let pollingStore = FlaggedMutex<DevicePolling?>(nil)

    /// What the database does not know of the device yet.
    let unstored = FlaggedMutex(UnstoredChanges())

    init() {}

    /// Fast check for the common case: `false` if no client holds the lock or has just lost it to a forced unlock.
    var isLockWatched: Bool { self.lock.isFlagged }

    /// Runs the body on the lock.
    /// - Parameter body: gets the time in whole seconds, on a scale that does not jump.
    func withLock<R: Sendable>(_ body: (inout ClientLock, _ now: Int64) throws(DevFailed) -> R) throws(DevFailed) -> R {
        let now = ContinuousClock.now.wholeSeconds
        return try self.lock.withLock { (lock) throws(DevFailed) -> R in try body(&lock, now) }
    }

    /// The polling of the device; `nil` if nothing of it was ever polled.
    var polling: DevicePolling? { self.pollingStore.withLockIfFlagged { $0 } ?? nil }

    /// Returns the polling of the device, and creates it if there is none.
    func makePolling() -> DevicePolling {
        self.pollingStore.withLock { store in
            let polling = store ?? DevicePolling()
            store = polling
            return polling
        }
    }
}

extension ClientLock: FlaggedValue {
    var isFlagged: Bool { self.concernsRequests }
}

extension ContinuousClock.Instant {
    private static let origin = ContinuousClock.now

    /// Whole seconds on a scale of this process, starting at 1.
    fileprivate var wholeSeconds: Int64 { 1 + (self - Self.origin).components.seconds }
}
