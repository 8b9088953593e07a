import Synchronization

/// What is known once a service accepts requests, and that others wait for: usually its port.
package final class Readiness<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let decided = Latch()

    package init() {}

    /// Sets the value, or with `nil` that the service has ended; waiting tasks go on.
    package func set(_ value: Value?) {
        self.value.withLock { $0 = value }
        self.decided.open()
    }

    /// Waits until the service accepts requests.
    /// - Throws: `CancellationError` when the service has ended, or the task is cancelled.
    package func wait() async throws -> Value {
        await self.decided.wait()
        guard let value = self.value.withLock({ $0 }) else { throw CancellationError() }
        return value
    }
}
