import NIOCore
import Synchronization
import TangoCore
import TangoIIOP

/// Runs work on the executor and returns its result, or `nil` after the time limit; the work is then cancelled.
///
/// Returns without waiting for cancelled work, since a call to a silent device may notice the cancellation late.
func withDeadline<Value: Sendable>(
    _ limit: Duration, on executor: EventLoopExecutor, _ work: @escaping @Sendable () async -> Value
) async -> Value? {
    await BoundedWork(limit, on: executor, work).result() ?? nil
}

/// Work with a time limit and any number of waiters. It is cancelled after the limit, and when all waiters have been cancelled.
final class BoundedWork<Value: Sendable>: Sendable {
    private enum State {
        case running(Running)
        /// `nil` after a timeout.
        case finished(Value?)
    }

    private struct Running {
        var waiters: [CheckedContinuation<Value?, Never>] = []
        /// Number of waiters that have not been cancelled.
        var interested = 0
        var isAbandoned = false
        var worker: Task<Void, Never>?
        var timer: Scheduled<Void>?
    }

    private let state = Mutex(State.running(Running()))

    init(_ limit: Duration, on executor: EventLoopExecutor, _ work: @escaping @Sendable () async -> Value) {
        let worker = Task(executorPreference: executor) { self.finish(await work()) }
        let timer = executor.eventLoop.scheduleTask(in: .nanoseconds(limit.nanoseconds)) { self.finish(nil) }
        let isOver = self.state.withLock { state in
            guard case .running(var running) = state else { return true }
            running.worker = worker
            running.timer = timer
            state = .running(running)
            return false
        }
        if isOver { timer.cancel() }
    }

    /// Waits for the result; `.some(nil)` after a timeout.
    /// - Returns: `nil` when all earlier waiters were cancelled, and the work with them.
    func result() async -> Value?? {
        let isOpen = self.state.withLock { state in
            guard case .running(var running) = state else { return true }
            guard !running.isAbandoned else { return false }
            running.interested += 1
            state = .running(running)
            return true
        }
        guard isOpen else { return .none }
        let value = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let finished: Value?? = self.state.withLock { state in
                    switch state {
                    case .finished(let value): return .some(value)
                    case .running(var running):
                        running.waiters.append(continuation)
                        state = .running(running)
                        return .none
                    }
                }
                if let finished { continuation.resume(returning: finished) }
            }
        } onCancel: {
            self.loseInterest()
        }
        return .some(value)
    }

    private func loseInterest() {
        let worker: Task<Void, Never>? = self.state.withLock { state in
            guard case .running(var running) = state else { return nil }
            running.interested -= 1
            running.isAbandoned = running.interested == 0
            state = .running(running)
            return running.isAbandoned ? running.worker : nil
        }
        worker?.cancel()
    }

    private func finish(_ value: Value?) {
        let ended: Running? = self.state.withLock { state in
            guard case .running(let running) = state else { return nil }
            state = .finished(value)
            return running
        }
        guard let ended else { return }
        if value == nil { ended.worker?.cancel() } else { ended.timer?.cancel() }
        for waiter in ended.waiters { waiter.resume(returning: value) }
    }
}
