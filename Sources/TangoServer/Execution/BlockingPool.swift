package import Dispatch
import Foundation
import NIOCore
import Synchronization

/// Threads for handlers that may block. A thread is started when work arrives and none is idle, up to a limit, and ends after an idle time:
/// a server whose handlers never block has none.
package final class BlockingPool: Sendable {
    /// Whether a job may do its work; the pool calls each job once.
    package enum JobState: Sendable {
        case active
        /// The pool is shut down.
        case cancelled
    }

    package typealias Job = @Sendable (JobState) -> Void

    private final class Worker: Sendable {
        let wakeUp = DispatchSemaphore(value: 0)
    }

    private struct State {
        var jobs = CircularBuffer<Job>()
        /// The thread that became idle last is woken first, so that the others end.
        var idle: [Worker] = []
        var threads = 0
        var isShutDown = false
    }

    private enum Task {
        case run(Job)
        case wait
        case end
    }

    /// The pool of devices without a server.
    package static let shared = BlockingPool(maximumThreads: 16)

    private let state = Mutex(State())
    private let maximumThreads: Int
    private let idleTime: DispatchTimeInterval
    /// All threads ended after a shutdown.
    private let ended = Latch()

    /// - Parameters:
    ///   - maximumThreads: largest number of jobs that run at once; others wait in order.
    ///   - idleTime: time that a thread waits for another job before it ends.
    package init(maximumThreads: Int, idleTime: DispatchTimeInterval = .seconds(10)) {
        self.maximumThreads = max(1, maximumThreads)
        self.idleTime = idleTime
    }

    /// Number of threads now.
    package var threadCount: Int { self.state.withLock { $0.threads } }

    /// Number of threads that wait for work.
    var idleCount: Int { self.state.withLock { $0.idle.count } }

    /// Runs the job on a thread of the pool; after a shutdown it is cancelled at once, on this thread.
    package func submit(_ job: @escaping Job) {
        enum Step {
            case wake(Worker)
            case start
            case nothing
            case refuse
        }
        let step: Step = self.state.withLock { state in
            guard !state.isShutDown else { return .refuse }
            state.jobs.append(job)
            if let worker = state.idle.popLast() { return .wake(worker) }
            guard state.threads < self.maximumThreads else { return .nothing }
            state.threads += 1
            return .start
        }
        switch step {
        case .wake(let worker): worker.wakeUp.signal()
        case .start:
            let thread = Thread { self.work(Worker()) }
            thread.name = "tango-pool"
            thread.start()
        case .nothing: break
        case .refuse: job(.cancelled)
        }
    }

    private func work(_ worker: Worker) {
        while true {
            let task: Task = self.state.withLock { state in
                if let job = state.jobs.popFirst() { return .run(job) }
                if state.isShutDown {
                    state.threads -= 1
                    return .end
                }
                state.idle.append(worker)
                return .wait
            }
            switch task {
            case .run(let job): job(.active)
            case .wait: if self.isOver(worker) { return }
            case .end:
                if self.threadCount == 0 { self.ended.open() }
                return
            }
        }
    }

    /// Waits for work.
    /// - Returns: `true` when none came within the idle time and the thread ends.
    private func isOver(_ worker: Worker) -> Bool {
        guard worker.wakeUp.wait(timeout: .now() + self.idleTime) == .timedOut else { return false }
        let isIdle = self.state.withLock { state in
            guard let index = state.idle.firstIndex(where: { $0 === worker }) else { return false }
            state.idle.remove(at: index)
            state.threads -= 1
            return true
        }
        // Another thread took it off the list and is about to wake it.
        if !isIdle { worker.wakeUp.wait() }
        return isIdle
    }

    /// Cancels the jobs that wait and returns when the running ones are over.
    package func shutdown() async {
        let (waiting, idle, threads) = self.state.withLock { state in
            state.isShutDown = true
            defer {
                state.jobs.removeAll()
                state.idle.removeAll()
            }
            return (Array(state.jobs), state.idle, state.threads)
        }
        for worker in idle { worker.wakeUp.signal() }
        for job in waiting { job(.cancelled) }
        if threads > 0 { await self.ended.wait() }
    }
}
