import NIOCore
import Synchronization

/// First-come-first-served right to touch a device (or the devices of a class, of a process).
///
/// It is held across suspension points, so that an asynchronous handler is never interleaved with another request: what actor
/// isolation does not give.
final class Gate: Sendable {
    private struct Waiter {
        var id: UInt64
        var resume: @Sendable (Bool) -> Void
        var timer: Scheduled<Void>?
    }

    private struct State {
        var isHeld = false
        /// Counts how often the gate was taken: tells a holder of now from one of before.
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

    /// What the current task holds. Tasks started by a handler inherit it: they run beside the handler and may outlive it, so a hold
    /// counts only in the task that took it, and only in the turn it was taken in.
    @TaskLocal private static var heldByTask: [Hold] = []

    /// Whether the current task works for the holder of the gate: a call that comes back through it goes straight in.
    var isHeldByTask: Bool {
        guard let hold = Self.heldByTask.first(where: { $0.gate == ObjectIdentifier(self) }) else { return false }
        guard hold.task == Self.currentTask else { return false }
        return self.state.withLock { $0.isHeld && $0.turn == hold.turn }
    }

    /// Tells one running task from another.
    private static var currentTask: Int? {
        withUnsafeCurrentTask { task in task?.hashValue }
    }

    /// Runs the body as the holder. The gate must be held.
    func whileHeld<R>(_ body: () async throws -> R) async rethrows -> R {
        let hold = Hold(gate: ObjectIdentifier(self), turn: self.state.withLock { $0.turn }, task: Self.currentTask)
        return try await Self.$heldByTask.withValue(Self.heldByTask.filter { $0.gate != hold.gate } + [hold]) { try await body() }
    }

    /// Takes the gate if it is free and nobody waits.
    func tryAcquire() -> Bool {
        self.state.withLock { state in
            guard !state.isHeld else { return false }
            state.isHeld = true
            state.turn &+= 1
            return true
        }
    }

    /// Takes the gate now or later: `resume` is called once, with `true` by the one who released it or at once, with `false` when
    /// the time is over. It should only hand over to an executor.
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

    /// Waits for the gate in a task; `false` when the time is over.
    func acquire(within timeout: TimeAmount, on eventLoop: any EventLoop) async -> Bool {
        await withCheckedContinuation { continuation in
            self.acquire(within: timeout, on: eventLoop) { continuation.resume(returning: $0) }
        }
    }

    /// Gives the gate to the next in line.
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
