import Dispatch
import Synchronization

/// Writes records to files and the console in order, on a queue of its own: no device waits for a disk or a terminal.
///
/// Records beyond the limit are dropped and counted; the number is written when there is room again.
final class LogWriter: Sendable {
    private enum Job: Sendable {
        case write(LogRecord, LogFile)
        case run(@Sendable () -> Void)
    }

    private struct State {
        var jobs: [Job] = []
        /// Estimated bytes that wait.
        var size = 0
        var isRunning = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tango.log")
    private let limit: Int

    /// - Parameter limit: largest size of waiting records in bytes.
    init(limit: Int = 8 << 20) {
        self.limit = limit
    }

    /// Queues a record; does not wait.
    func write(_ record: LogRecord, to file: LogFile) {
        let cost = record.cost
        let isFirst: Bool? = self.state.withLock { state in
            guard state.size + cost <= self.limit else { return nil }
            state.size += cost
            return Self.append(.write(record, file), &state)
        }
        switch isFirst {
        case true?: self.start()
        case false?: break
        case nil: file.drop()
        }
    }

    /// Runs work on the writer's queue, after everything queued before, and returns its result.
    func perform<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            self.run { continuation.resume(returning: work()) }
        }
    }

    /// Runs work on the writer's queue, after everything queued before; does not wait.
    func run(_ work: @escaping @Sendable () -> Void) {
        let isFirst = self.state.withLock { Self.append(.run(work), &$0) }
        if isFirst { self.start() }
    }

    /// Waits until everything queued before is written.
    func flush() async { await self.perform {} }

    /// - Returns: whether the queue must be started.
    private static func append(_ job: Job, _ state: inout State) -> Bool {
        state.jobs.append(job)
        defer { state.isRunning = true }
        return !state.isRunning
    }

    private func start() { self.queue.async { self.drain() } }

    private func drain() {
        while true {
            let jobs = self.state.withLock { state in
                defer { state.jobs = [] }
                state.isRunning = !state.jobs.isEmpty
                return state.jobs
            }
            guard !jobs.isEmpty else { return }
            // Consecutive records of one file are one write.
            var current: LogFile?
            for job in jobs {
                switch job {
                case .write(let record, let file):
                    if current !== file { current?.flush() }
                    current = file
                    file.append(record)
                    self.state.withLock { $0.size -= record.cost }
                case .run(let work):
                    current?.flush()
                    current = nil
                    work()
                }
            }
            current?.flush()
        }
    }
}
