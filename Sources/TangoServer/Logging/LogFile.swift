import Synchronization
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of XML events that is rolled when it is full, or the console. Only the writer's queue writes to it.
///
/// A failure to write is printed once on standard error, and again after writing has worked in between; records not written are counted.
final class LogFile: Sendable {
    private struct State {
        var descriptor: Int32
        var size = 0
        var buffer = ""
        /// Records in the buffer.
        var count: UInt64 = 0
        var isFailing = false
    }

    /// `nil` is the console.
    let path: String?
    private let state: Mutex<State>
    /// Bytes after which the file is rolled.
    private let rollingSize = Atomic<Int>(.max)
    private let dropped = Atomic<UInt64>(0)

    private init(path: String?, descriptor: Int32) {
        self.path = path
        self.state = Mutex(State(descriptor: descriptor))
    }

    deinit {
        let descriptor = self.state.withLock { $0.descriptor }
        if self.path != nil, descriptor >= 0 { close(descriptor) }
    }

    /// The console of the process.
    static func console() -> LogFile { LogFile(path: nil, descriptor: STDOUT_FILENO) }

    /// Opens a file for appending; blocks.
    /// - Returns: `nil` when it cannot be opened.
    static func open(_ path: String) -> LogFile? {
        let descriptor = Self.descriptor(of: path)
        guard descriptor >= 0 else { return nil }
        let file = LogFile(path: path, descriptor: descriptor)
        file.state.withLock { $0.size = Self.size(of: descriptor) }
        return file
    }

    /// Creates a folder and those above it, as far as they are missing; blocks.
    static func makeFolder(_ path: String) {
        for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o777) }
        mkdir(path, 0o777)
    }

    /// Opens without blocking: a device special file or a pipe may have no reader.
    private static func descriptor(of path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        #else
            Darwin.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC | O_NONBLOCK, 0o644)
        #endif
    }

    private static func size(of descriptor: Int32) -> Int {
        var status = stat()
        return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Sets the size in bytes at which the file is rolled: it is renamed `PATH.1`, in place of the last one.
    func roll(at size: Int) { self.rollingSize.store(size, ordering: .relaxed) }

    /// Counts a record that is not written.
    func drop(_ count: UInt64 = 1) { self.dropped.wrappingAdd(count, ordering: .relaxed) }

    /// Number of lost records that are not reported yet.
    var droppedCount: UInt64 { self.dropped.load(ordering: .relaxed) }

    /// Appends a record to the buffer, and writes the buffer when it is full.
    func append(_ record: LogRecord) {
        self.state.withLock { state in
            if !state.isFailing, self.droppedCount > 0 {
                let count = self.dropped.exchange(0, ordering: .relaxed)
                let loss = LogRecord(level: .warn, source: record.source, message: "\(count) records were lost", thread: record.thread)
                self.append(loss, &state)
            }
            self.append(record, &state)
        }
    }

    private func append(_ record: LogRecord, _ state: inout State) {
        state.buffer += self.path == nil ? record.line : record.event
        state.count += 1
        let isFull = state.size + state.buffer.utf8.count >= self.rollingSize.load(ordering: .relaxed)
        guard isFull || state.buffer.utf8.count >= 1 << 16 else { return }
        self.flush(&state)
        if isFull, !state.isFailing { self.roll(&state) }
    }

    /// Writes a text unchanged.
    func write(_ text: String) {
        self.state.withLock { state in
            state.buffer += text
            state.count += 1
            self.flush(&state)
        }
    }

    /// Writes what was appended.
    func flush() { self.state.withLock { self.flush(&$0) } }

    private func flush(_ state: inout State) {
        guard state.count > 0 else { return }
        var text = state.buffer
        let count = state.count
        state.buffer = ""
        state.count = 0
        if state.descriptor < 0, let path = self.path { state.descriptor = Self.descriptor(of: path) }
        let written = text.withUTF8 { Self.write($0, to: state.descriptor) }
        state.size += written
        if written == text.utf8.count {
            state.isFailing = false
            return
        }
        let reason = String(cString: strerror(errno))
        self.drop(count)
        guard !state.isFailing else { return }
        state.isFailing = true
        self.complain(reason)
    }

    private func complain(_ reason: String) {
        var line = "Cannot write the log \(self.path ?? "to the console"): \(reason)\n"
        line.withUTF8 { _ = Self.write($0, to: STDERR_FILENO) }
    }

    /// - Returns: number of bytes written; fewer than given after a failure.
    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int {
        var done = 0
        while done < bytes.count {
            let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[done...]))
            if count > 0 {
                done += count
            } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
                // A pipe with a slow reader: waits one second, then the records are lost.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                guard poll(&waiting, 1, 1000) == 1 else { break }
            } else if !(count < 0 && errno == EINTR) {
                break
            }
        }
        return done
    }

    private func roll(_ state: inout State) {
        guard let path = self.path else { return }
        // A device special file or a pipe cannot be rolled.
        var status = stat()
        guard fstat(state.descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            state.size = 0
            return
        }
        guard rename(path, path + ".1") == 0 else {
            self.complain("cannot be renamed, \(String(cString: strerror(errno)))")
            // Tried again after the same number of bytes.
            state.size = 0
            return
        }
        close(state.descriptor)
        state.descriptor = Self.descriptor(of: path)
        state.size = 0
    }
}

/// `write(2)`.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { write(descriptor, bytes.baseAddress, bytes.count) }
