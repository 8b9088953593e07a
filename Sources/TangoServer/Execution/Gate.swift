import NIOCore
import Synchronization

/// A lock in order of arrival that serializes the requests to a device, or to the devices of a class or process.
///
/// It is held across suspension points, so that an asynchronous handler is never interleaved with another request. Actor isolation does
/// not do that.
final class Gate: Sendable {
    private struct Waiter {
        var id: UInt64
        var resume: @Sendable (Bool) -> Void
        var timer: Scheduled<Void>?
    }

    private struct State {
        var isHeld = false
        /// Number of times the gate was taken; distinguishes the present holder from earlier ones.
        var turn: UInt64 = 0
        var waiters: [Waiter] = []
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// One taking of a gate.
    private struct Hold: Sendable {
        var gate: ObjectIdentifier
        var turn: UInt64
        /// The task that took it.
        var task: Int?
    }

    /// The gates that the current task holds. Tasks started by a handler inherit the value, but run beside the handler and may outlive it:
    /// a hold counts only in the task that took it, and only in the turn in which it was taken.
    @TaskLocal private static var heldByTask: [Hold] = []

    /// Whether the current task holds the gate: a call that comes back to the device must not wait for itself.
    var isHeldByTask: Bool {
        guard let hold = Self.heldByTask.first(where: { $0.gate == ObjectIdentifier(self) }) else { return false }
        guard hold.task == Self.currentTask else { return false }
        return self.state.withLock { $0.isHeld && $0.turn == hold.turn }
    }

    /// Identifies the running task.
    private static var currentTask: Int? {
        withUnsafeCurrentTask { task in task?.hashValue }
    }

    /// Runs the body as the holder. The gate must be held.
    func whileHeld<R>(_ body: () async throws -> R) async rethrows -> R {
        let hold = Hold(gate: ObjectIdentifier(self), turn: self.state.withLock { $0.turn }, task: Self.currentTask)
        return try await Self.$heldByTask.withValue(Self.heldByTask.filter { $0.gate != hold.gate } + [hold]) { try await body() }
    }

    /// Takes the gate if it is free.
    func tryAcquire() -> Bool {
        self.state.withLock { state in
            guard !state.isHeld else { return false }
            state.isHeld = true
            state.turn &+= 1
            return true
        }
    }

    /// Takes the gate now or later.
    /// - Parameter resume: called once: with `true` at once or by the releasing thread, with `false` after the timeout. It should only
    ///   pass on to an executor.
    func acquire(within timeout: TimeAmount, on eventLoop: any EventLoop, _ resume: @escaping @Sendable (Bool) -> Void) {
        let waiting: UInt64? = self.state.withLock { state in
            guard state.isHeld else {
                state.isHeld = true
                state.turn &+= 1
                return nil
            }
            state.nextID += 1
            state.waiters.append(Waiter(id: state.nextID, resume: resume))
            return state.nextID
        }
        guard let id = waiting else {
            resume(true)
            return
        }
        let timer = eventLoop.scheduleTask(in: timeout) { self.expire(id) }
        self.state.withLock { state in
            if let index = state.waiters.firstIndex(where: { $0.id == id }) { state.waiters[index].timer = timer } else { timer.cancel() }
        }
    }

    private func expire(_ id: UInt64) {
        let waiter = self.state.withLock { state -> Waiter? in
            guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters.remove(at: index)
        }
        waiter?.resume(false)
    }

    /// Waits for the gate in a task.
    /// - Returns: `false` after the timeout.
    func acquire(within timeout: TimeAmount, on eventLoop: any EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            self.acquire(within: timeout, on: eventLoop) { continuation.resume(returning: $0) }
        }
    }

    /// Passes the gate to the next waiter.
    func release() {
        let next = self.state.withLock { state -> Waiter? in
            guard !state.waiters.isEmpty else {
                state.isHeld = false
                return nil
            }
            state.turn &+= 1
            return state.waiters.removeFirst()
        }
        guard let next else { return }
        next.timer?.cancel()
        next.resume(true)
    }
}
