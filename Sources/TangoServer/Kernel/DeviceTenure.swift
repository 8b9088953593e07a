import Synchronization

/// What a device keeps when DevRestart replaces its object: it belongs to the name, not to the object.
final class DeviceTenure: Sendable {
    private let hasPolling = Atomic<Bool>(false)
    private let pollingStore = Mutex<DevicePolling?>(nil)

    init() {}

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
