import Dispatch
import Synchronization
import TangoCore

/// Writes a line for each request on a queue of its own, so that no request waits for a disk or a terminal.
///
/// Lines that cannot be written in time are dropped and counted; the count is written when there is room again. A file that was moved away
/// by log rotation is opened again.
final class AccessLog: Sendable {
    private struct State {
        var waiting: [AccessRecord] = []
        var isWriting = false
        /// Lines lost since the last line with a count.
        var lost: UInt64 = 0
    }

    private let file: AccessLogFile
    private let limit: Int
    private let state = Mutex(State())
    private let lostTotal = Atomic<UInt64>(0)
    private let queue = DispatchQueue(label: "tango.rest.access")

    /// - Parameters:
    ///   - path: a file, or `-` for standard output.
    ///   - limit: most lines that wait to be written.
    /// - Throws: `REST_CantLog`.
    init(path: String, limit: Int = 16_384) throws(DevFailed) {
        self.file = try AccessLogFile(path: path)
        self.limit = limit
    }

    /// Number of lines that could not be written in time.
    var lostCount: UInt64 { self.lostTotal.load(ordering: .relaxed) }

    /// Queues a record for writing and returns at once.
    func write(_ record: AccessRecord) {
        let starts = self.state.withLock { state in
            guard state.waiting.count < self.limit else {
                state.lost += 1
                self.lostTotal.wrappingAdd(1, ordering: .relaxed)
                return false
            }
            state.waiting.append(record)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if starts { self.queue.async { self.drain() } }
    }

    /// Waits until all queued records are written.
    func flush() async {
        await withCheckedContinuation { continuation in
            self.queue.async { continuation.resume() }
        }
    }

    private func drain() {
        while true {
            let (records, lost) = self.state.withLock { state in
                defer {
                    state.waiting = []
                    state.lost = 0
                }
                state.isWriting = !state.waiting.isEmpty
                return (state.waiting, state.lost)
            }
            guard !records.isEmpty else { return }
            var bytes: [UInt8] = []
            if lost > 0 {
                let line: JSONValue = ["time": .string(Timestamp.now.internetText), "lost": .integer(lost)]
                bytes += line.serialized() + [UInt8(ascii: "\n")]
            }
            for record in records { bytes += record.line }
            self.file.write(bytes)
        }
    }
}
