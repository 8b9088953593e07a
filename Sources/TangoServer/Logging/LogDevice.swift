import Synchronization
import TangoClient
import TangoCore

/// A log device as the target of one device: gets Register, then Log for each record, and UnRegister at the end.
///
/// Records wait in a bounded queue and are sent by a task of their own: the device that logs never waits, and a log device that is gone
/// costs records, not requests. Lost records are counted, and the number is reported when the log device takes records again.
final class LogDevice: Sendable {
    private struct State {
        var records: [LogRecord] = []
        var lost: UInt64 = 0
        var isSending = false
        var isRegistered = false
        var isClosed = false
    }

    /// Largest number of records that wait.
    private static let limit = 1000

    /// Name of the log device as given, in lower case.
    let name: String
    /// The device whose records it gets.
    private let source: String
    private let connection: Task<DeviceProxy, any Error>
    private let state = Mutex(State())
    private let ended = Latch()

    /// Starts to connect, and registers when connected.
    init(_ name: String, source: String, system: ControlSystem?) {
        self.name = name
        self.source = source
        self.connection = Task {
            guard let system else { throw DevFailed(.cantConnectToDevice, "No control system", origin: "LogDevice") }
            let proxy = try await system.device(name)
            try await proxy.ping()
            return proxy
        }
        // Registers at once, not with the first record.
        self.send()
    }

    /// Waits for the connection.
    /// - Throws: the reason why the log device cannot be reached.
    func connected() async throws { _ = try await self.connection.value }

    /// Returns whether the log device answers now.
    func isAlive() async -> Bool {
        guard let proxy = try? await self.connection.value else { return false }
        return (try? await proxy.ping()) != nil
    }

    /// Queues a record; does not wait.
    func write(_ record: LogRecord) {
        let isTaken = self.state.withLock { state in
            guard !state.isClosed, state.records.count < Self.limit else {
                state.lost += 1
                return false
            }
            state.records.append(record)
            return true
        }
        if isTaken { self.send() }
    }

    /// Sends what waits, then UnRegister.
    func close() {
        self.state.withLock { $0.isClosed = true }
        self.send()
    }

    /// Waits until everything is sent after `close`.
    func end() async { await self.ended.wait() }

    /// Number of lost records that are not reported yet.
    var lostCount: UInt64 { self.state.withLock { $0.lost } }

    private func send() {
        let isFirst = self.state.withLock { state in
            defer { state.isSending = true }
            return !state.isSending
        }
        guard isFirst else { return }
        Task {
            guard let proxy = try? await self.connection.value else {
                self.giveUp()
                return
            }
            if !self.state.withLock({ $0.isRegistered }) {
                // Some log devices have no Register.
                _ = try? await proxy.command("Register", .string(self.source))
                self.state.withLock { $0.isRegistered = true }
            }
            var batch = self.next()
            while !batch.records.isEmpty {
                for (index, record) in batch.records.enumerated() {
                    do {
                        try await proxy.command("Log", .stringArray(record.strings))
                        if index == 0 { await self.reportLoss(to: proxy) }
                    } catch {
                        self.state.withLock { $0.lost += 1 }
                    }
                }
                batch = self.next()
            }
            guard batch.isLast else { return }
            _ = try? await proxy.command("UnRegister", .string(self.source))
            self.ended.open()
        }
    }

    /// Takes the records that wait. When there are none, the next record starts a new task, unless the log device is closed.
    private func next() -> (records: [LogRecord], isLast: Bool) {
        self.state.withLock { state in
            if state.records.isEmpty { state.isSending = state.isClosed }
            defer { state.records = [] }
            return (state.records, state.isClosed)
        }
    }

    private func reportLoss(to proxy: DeviceProxy) async {
        let lost = self.state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
        guard lost > 0 else { return }
        let record = LogRecord(level: .warn, source: self.source, message: "\(lost) records were lost")
        guard (try? await proxy.command("Log", .stringArray(record.strings))) == nil else { return }
        self.state.withLock { $0.lost += lost }
    }

    private func giveUp() {
        self.state.withLock { state in
            state.lost += UInt64(state.records.count)
            state.records = []
            state.isClosed = true
        }
        self.ended.open()
    }
}
