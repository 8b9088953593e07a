import HTTPTypes
import Synchronization
import TangoCore

/// The room for the bodies of all requests under way together.
///
/// A body becomes values of many times its size, so a bound for each of them is not enough. The first bytes of every body are free: small
/// changes are made even while large ones use everything up. Large ones wait for each other, in the order they came; what has not been
/// received yet is held back in the client.
final class BodyBudget: Sendable {
    /// What one body takes, until the last one that uses the request lets it go.
    final class Share: Sendable {
        private let budget: BodyBudget
        private let size: Mutex<Int>

        fileprivate init(_ budget: BodyBudget, _ size: Int) {
            self.budget = budget
            self.size = Mutex(size)
        }

        deinit { self.budget.giveBack(self.size.withLock { $0 }) }

        /// Gives back what a body of that size does not need.
        func shrink(to size: Int) {
            let surplus = self.size.withLock { current in
                let needed = min(current, max(0, size - BodyBudget.freeSize))
                defer { current = needed }
                return current - needed
            }
            self.budget.giveBack(surplus)
        }
    }

    private struct State {
        var used = 0
        /// Those who wait, the first one first.
        var waiters: [(number: UInt64, size: Int, admission: CheckedContinuation<Bool, Never>)] = []
        var next: UInt64 = 0
    }

    /// Bytes of each body that do not count.
    static let freeSize = 64 * 1024

    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: in bytes.
    init(limit: Int) {
        self.limit = limit
    }

    /// Number of bytes taken.
    var usedBytes: Int { self.state.withLock { $0.used } }

    /// Number of bodies that wait for room.
    var waitingCount: Int { self.state.withLock { $0.waiters.count } }

    /// Returns the share of a body, once there is room for it.
    /// - Parameters:
    ///   - size: of the whole body, at most the limit.
    ///   - patience: how long to wait.
    /// - Throws: 503 when there was no room in time, or the task is cancelled meanwhile.
    func share(of size: Int, within patience: Duration) async throws(HTTPFailure) -> Share {
        let size = max(0, size - Self.freeSize)
        let number = self.state.withLock { state in
            state.next += 1
            return state.next
        }
        var timer: Task<Void, any Error>?
        let isAdmitted = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = self.state.withLock { state in
                    guard !state.waiters.isEmpty || size > self.limit - state.used else {
                        state.used += size
                        return false
                    }
                    state.waiters.append((number, size, continuation))
                    return true
                }
                guard waits else { return continuation.resume(returning: true) }
                // The handler may have run before there was anything to give up.
                if Task.isCancelled { return self.giveUp(number) }
                timer = Task {
                    try await Task.sleep(for: patience)
                    self.giveUp(number)
                }
            }
        } onCancel: {
            self.giveUp(number)
        }
        timer?.cancel()
        guard isAdmitted else {
            var failure = HTTPFailure(.serviceUnavailable, .restUnavailable, "The bodies of other requests take up all the room there is")
            failure.headers[.retryAfter] = "1"
            failure.closesConnection = true
            throw failure
        }
        return Share(self, size)
    }

    private func giveUp(_ number: UInt64) {
        let waiter = self.state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
        waiter?.admission.resume(returning: false)
        // Those behind it may fit.
        if waiter != nil { self.giveBack(0) }
    }

    private func giveBack(_ size: Int) {
        let admitted = self.state.withLock { state in
            state.used -= size
            var admitted: [CheckedContinuation<Bool, Never>] = []
            while let first = state.waiters.first, first.size <= self.limit - state.used {
                state.used += first.size
                admitted.append(state.waiters.removeFirst().admission)
            }
            return admitted
        }
        for admission in admitted { admission.resume(returning: true) }
    }
}
