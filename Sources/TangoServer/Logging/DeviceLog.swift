import Logging
import Synchronization
import TangoCore

/// The log of one device: its level and its targets (RFC-14). DevRestart makes a new one from the properties as they are then, as
/// cppTango 9.3.4.
package final class DeviceLog: Sendable {
    /// A target of the records.
    struct Target: Sendable {
        enum Output: Sendable {
            case file(LogFile, by: LogWriter)
            case device(LogDevice)
        }

        /// As GetLoggingTarget shows it.
        var name: String
        var output: Output
    }

    private struct State {
        var level: LogLevel
        /// The level that StartLogging restores: that of the last StopLogging, or of the start.
        var saved: LogLevel
        /// By name.
        var targets: [Target] = []
    }

    /// Name of the device in lower case.
    package let source: String
    private let state: Mutex<State>
    /// The level, or OFF without targets. Reading it is all that a log call without effect costs.
    private let threshold = Atomic<Int32>(LogLevel.off.rawValue)

    init(source: String, level: LogLevel = .off, saved: LogLevel = .off) {
        self.source = source
        self.state = Mutex(State(level: level, saved: saved))
    }

    /// Returns whether a record of that level reaches a target.
    package func takes(_ level: LogLevel) -> Bool { level.rawValue <= self.threshold.load(ordering: .relaxed) && level != .off }

    /// The least serious level that reaches a target.
    var effectiveLevel: LogLevel { LogLevel(rawValue: self.threshold.load(ordering: .relaxed)) ?? .off }

    /// Passes a record to all targets; does not wait for them.
    package func write(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard self.takes(level) else { return }
        let record = LogRecord(level: level, source: self.source, message: message())
        for target in self.state.withLock({ $0.targets }) {
            switch target.output {
            case .file(let file, let writer): writer.write(record, to: file)
            case .device(let device):
                // A log device that logs to itself would never end.
                if device.name != self.source { device.write(record) }
            }
        }
    }

    // MARK: - Level

    /// The level that SetLoggingLevel sets.
    package var level: LogLevel {
        get { self.state.withLock { $0.level } }
        set { self.change { $0.level = newValue } }
    }

    /// Sets the level at the start of the device.
    /// - Parameter saved: the level that StartLogging restores.
    func begin(_ level: LogLevel, saved: LogLevel) {
        self.change { state in
            state.level = level
            state.saved = saved
        }
    }

    /// StopLogging: sets OFF and saves the level. A second StopLogging saves OFF, as in cppTango 9.3.4.
    func stop() {
        self.change { state in
            state.saved = state.level
            state.level = .off
        }
    }

    /// StartLogging: restores the level of the last StopLogging, even if another one was set since, as cppTango 9.3.4.
    func start() { self.change { $0.level = $0.saved } }

    private func change(_ body: (inout State) -> Void) {
        self.state.withLock { state in
            body(&state)
            self.threshold.store(state.targets.isEmpty ? 0 : state.level.rawValue, ordering: .relaxed)
        }
    }

    // MARK: - Targets

    /// Names of the targets in the order GetLoggingTarget shows them.
    package var targetNames: [String] { self.targets.map(\.name) }

    var targets: [Target] { self.state.withLock { $0.targets } }

    func hasTarget(_ name: String) -> Bool { self.targets.contains { $0.name == name } }

    /// Adds a target. Where there is one of that name, it stays and the new one is closed.
    func add(_ target: Target) {
        var isNew = false
        self.change { state in
            let index = state.targets.firstIndex { $0.name >= target.name } ?? state.targets.count
            isNew = index == state.targets.count || state.targets[index].name != target.name
            if isNew { state.targets.insert(target, at: index) }
        }
        if !isNew { Self.close([target]) }
    }

    /// Removes the targets that match the condition.
    func removeTargets(where condition: (Target) -> Bool) {
        var removed: [Target] = []
        self.change { state in
            removed = state.targets.filter(condition)
            state.targets.removeAll(where: condition)
        }
        Self.close(removed)
    }

    private static func close(_ targets: [Target]) {
        for case .device(let device) in targets.map(\.output) { device.close() }
    }

    // MARK: - For code

    /// Returns a `Logger` that writes to this log.
    /// - Parameter fallback: takes records that reach no target.
    func logger(fallback: Logger? = nil) -> Logger {
        Logger(label: self.source) { _ in TangoLogHandler(log: self, fallback: fallback) }
    }
}
