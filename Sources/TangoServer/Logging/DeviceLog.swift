import Logging
import Synchronization
import TangoCore

/// The log of one device: its level and its targets (RFC-14). Made anew by DevRestart, from the properties as they are then (measured).
package final class DeviceLog: Sendable {
    /// A target: under the name GetLoggingTarget shows.
    struct Target: Sendable {
        enum Output: Sendable {
            case file(LogFile, by: LogWriter)
            case device(LogDevice)
        }

        var name: String
        var output: Output
    }

    private struct State {
        var level: LogLevel
        /// What StartLogging goes back to: the level at the last StopLogging, or at the start.
        var saved: LogLevel
        /// By name.
        var targets: [Target] = []
    }

    /// Name of the device in lower case.
    package let source: String
    private let state: Mutex<State>
    /// Level from which a record reaches a target: OFF without targets. What a log call that goes nowhere costs.
    private let threshold = Atomic<Int32>(LogLevel.off.rawValue)

    init(source: String, level: LogLevel = .off, saved: LogLevel = .off) {
        self.source = source
        self.state = Mutex(State(level: level, saved: saved))
    }

    /// Whether a record of that level goes anywhere.
    package func takes(_ level: LogLevel) -> Bool { level.rawValue <= self.threshold.load(ordering: .relaxed) && level != .off }

    /// The level above which nothing goes anywhere.
    var effectiveLevel: LogLevel { LogLevel(rawValue: self.threshold.load(ordering: .relaxed)) ?? .off }

    /// Passes a record on to all targets; returns at once.
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

    package var level: LogLevel {
        get { self.state.withLock { $0.level } }
        set { self.change { $0.level = newValue } }
    }

    /// A level that StartLogging goes back to as well.
    func begin(_ level: LogLevel, saved: LogLevel) {
        self.change { state in
            state.level = level
            state.saved = saved
        }
    }

    /// StopLogging: OFF, the level is remembered. A second time OFF is remembered (measured).
    func stop() {
        self.change { state in
            state.saved = state.level
            state.level = .off
        }
    }

    /// StartLogging: the level of the last StopLogging, even if another one was set since (measured).
    func start() { self.change { $0.level = $0.saved } }

    private func change(_ body: (inout State) -> Void) {
        self.state.withLock { state in
            body(&state)
            self.threshold.store(state.targets.isEmpty ? 0 : state.level.rawValue, ordering: .relaxed)
        }
    }

    // MARK: - Targets

    /// In the order GetLoggingTarget shows them.
    package var targetNames: [String] { self.targets.map(\.name) }

    var targets: [Target] { self.state.withLock { $0.targets } }

    func hasTarget(_ name: String) -> Bool { self.targets.contains { $0.name == name } }

    /// Adds a target; one of that name that is there already stays, and the new one is closed.
    func add(_ target: Target) {
        var isNew = false
        self.change { state in
            let index = state.targets.firstIndex { $0.name >= target.name } ?? state.targets.count
            isNew = index == state.targets.count || state.targets[index].name != target.name
            if isNew { state.targets.insert(target, at: index) }
        }
        if !isNew { Self.close([target]) }
    }

    /// Removes the targets of which that is true.
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

    /// A `Logger` that writes here.
    /// - Parameter fallback: takes what no target takes.
    func logger(fallback: Logger? = nil) -> Logger {
        Logger(label: self.source) { _ in TangoLogHandler(log: self, fallback: fallback) }
    }
}
