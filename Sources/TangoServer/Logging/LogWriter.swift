import Dispatch
import Synchronization

/// Writes records to files and the console in the order they came, on a queue of its own: no device waits for a disk or a terminal.
///
/// What cannot be written in time is dropped and counted; the count is written when there is room again.
final class LogWriter: Sendable {
    private enum Job: Sendable {
        case write(LogRecord, LogFile)
        case run(@Sendable () -> Void)
    }

    private struct State {
        var jobs: [Job] = []
        /// About how many bytes wait.
        var size = 0
        var isRunning = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tango.log")
    private let limit: Int

    /// - Parameter limit: how many bytes of records may wait.
    init(limit: Int = 8 << 20) {
        self.limit = limit
    }

    /// Has the record written; returns at once.
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

    /// Runs work on the writer's queue, after everything given before.
    func perform<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            self.run { continuation.resume(returning: work()) }
        }
    }

    /// As `perform`, without waiting for it.
    func run(_ work: @escaping @Sendable () -> Void) {
        let isFirst = self.state.withLock { Self.append(.run(work), &$0) }
        if isFirst { self.start() }
    }

    /// Returns when everything given before is written.
    func flush() async { await self.perform {} }

    /// - Returns: whether nobody is writing yet.
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
