import HTTPTypes
import ServiceLifecycle
import Synchronization
import TangoCore

/// Changes accepted with 204 and finished in the background; bounded, and awaited on shutdown.
///
/// Runs as a service: when the gateway stops, it waits for the changes in progress, and cancels them when the shutdown limit is over.
final class BackgroundChanges: Service {
    private struct State {
        /// `nil` until the task handle has been stored.
        var tasks: [UInt64: Task<Void, Never>?] = [:]
        var next: UInt64 = 0
        var waiters: [CheckedContinuation<Void, Never>] = []
        /// Whether the changes in progress have been cancelled.
        var isOver = false
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int = 256) {
        self.limit = limit
    }

    /// Number of changes in progress.
    var count: Int { self.state.withLock { $0.tasks.count } }

    /// Starts a change.
    /// - Throws: 503 when too many are in progress.
    func start(_ work: @escaping @Sendable () async -> Void) throws(HTTPFailure) {
        let number: UInt64? = self.state.withLock { state in
            guard state.tasks.count < self.limit else { return nil }
            state.next += 1
            state.tasks[state.next] = .some(nil)
            return state.next
        }
        guard let number else {
            var failure = HTTPFailure(
                .serviceUnavailable, .restUnavailable, "\(self.limit) changes requested with async are still in progress")
            failure.headers[.retryAfter] = "1"
            throw failure
        }
        let task = Task {
            await work()
            self.finished(number)
        }
        let isOver = self.state.withLock { state in
            if state.tasks[number] != nil { state.tasks[number] = .some(task) }
            return state.isOver
        }
        if isOver { task.cancel() }
    }

    private func finished(_ number: UInt64) {
        let waiters = self.state.withLock { state in
            state.tasks[number] = nil
            guard state.tasks.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits for all changes. When cancelled, it cancels them and returns at once.
    func finish() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = self.state.withLock { state in
                    if state.tasks.isEmpty || state.isOver { return true }
                    state.waiters.append(continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let (tasks, waiters) = self.state.withLock { state in
                state.isOver = true
                defer { state.waiters = [] }
                return (state.tasks.values.compactMap { $0 }, state.waiters)
            }
            for task in tasks { task.cancel() }
            for waiter in waiters { waiter.resume() }
        }
    }

    func run() async throws {
        try? await gracefulShutdown()
        await self.finish()
    }
}
