import Dispatch
import Synchronization
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A line of the access log.
struct AccessRecord: Sendable {
    var time: Timestamp
    var client: String?
    var user: String?
    var method: String
    /// Path and query of the request.
    var target: String
    var route: String?
    var status: Int
    var duration: Duration
    /// Length of the body of the answer.
    var bytes: Int
    var requestID: String
    var trace: TraceContext

    /// One line of JSON.
    var line: [UInt8] {
        let (seconds, attoseconds) = self.duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let document: JSONValue = [
            "time": .string(self.time.internetText), "client": self.client.map { .string($0) } ?? .null,
            "user": self.user.map { .string($0) } ?? .null, "method": .string(self.method), "target": .string(self.target),
            "route": self.route.map { .string($0) } ?? .null, "status": .integer(self.status),
            "duration_ms": .double(Double(microseconds) / 1000), "bytes": .integer(self.bytes), "request_id": .string(self.requestID),
            "trace_id": .string(self.trace.traceIDText), "span_id": .string(self.trace.spanIDText),
        ]
        return document.serialized() + [UInt8(ascii: "\n")]
    }
}

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

/// The file of an access log. Used only on the log's queue.
private final class AccessLogFile: Sendable {
    private let path: String?
    private let descriptor: Mutex<Int32>

    init(path: String) throws(DevFailed) {
        self.path = path == "-" ? nil : path
        let descriptor = path == "-" ? STDOUT_FILENO : Self.open(path)
        guard descriptor >= 0 else {
            throw DevFailed(
                .restCantLog, "The access log \(path) cannot be written: \(String(cString: strerror(errno)))", origin: "Gateway.run")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        let descriptor = self.descriptor.withLock { $0 }
        if self.path != nil { close(descriptor) }
    }

    private static func open(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o640)
        #else
            Darwin.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o640)
        #endif
    }

    func write(_ bytes: [UInt8]) {
        let descriptor = self.currentDescriptor
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Descriptor of the file that has the path now, which may be another one than before.
    private var currentDescriptor: Int32 {
        self.descriptor.withLock { descriptor in
            guard let path = self.path else { return descriptor }
            var named = stat()
            var opened = stat()
            if stat(path, &named) == 0, fstat(descriptor, &opened) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev {
                return descriptor
            }
            let renewed = Self.open(path)
            guard renewed >= 0 else { return descriptor }
            close(descriptor)
            descriptor = renewed
            return renewed
        }
    }
}

extension Timestamp {
    /// `2026-01-31T23:59:59.999Z`
    var internetText: String {
        var seconds = time_t(self.milliseconds / 1000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        func text(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = "\(text(fields.tm_year + 1900, 4))-\(text(fields.tm_mon + 1, 2))-\(text(fields.tm_mday, 2))"
        let clock = "\(text(fields.tm_hour, 2)):\(text(fields.tm_min, 2)):\(text(fields.tm_sec, 2))"
        return "\(day)T\(clock).\(text(self.milliseconds % 1000, 3))Z"
    }
}
