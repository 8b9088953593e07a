import NIOCore
import Synchronization
import TangoCore
import TangoWire

/// The polled attributes and commands of one device with their results, and the properties that record them.
///
/// Belongs to the device's name: it outlives the object that DevRestart replaces, its results do not.
final class DevicePolling: Sendable {
    private struct State: FlaggedValue {
        var attributes = OrderedTable<PolledObject>()
        var commands = OrderedTable<PolledObject>()
        /// Periods by name as in `polled_attr` and `polled_cmd`, also of members that do not exist now.
        var wantedAttributes = OrderedTable<(name: String, period: Int)>()
        var wantedCommands = OrderedTable<(name: String, period: Int)>()
        /// Entries of the properties without a usable period; they stay there until someone corrects them.
        var unusableAttributes: [[String]] = []
        var unusableCommands: [[String]] = []
        /// Members that the class's code polls and an operator stopped, in lower case.
        var stoppedAttributes: [String] = []
        var stoppedCommands: [String] = []
        var oldFactor = 4

        func table(_ kind: PollKind) -> OrderedTable<PolledObject> { kind == .attribute ? self.attributes : self.commands }

        func wanted(_ kind: PollKind) -> OrderedTable<(name: String, period: Int)> {
            kind == .attribute ? self.wantedAttributes : self.wantedCommands
        }

        mutating func want(_ kind: PollKind, _ name: String, _ period: Int?) {
            let folded = name.tangoFolded
            if kind == .attribute {
                self.unusableAttributes.removeAll { $0.first?.tangoFolded == folded }
            } else {
                self.unusableCommands.removeAll { $0.first?.tangoFolded == folded }
            }
            switch (kind, period) {
            case (.attribute, let period?): self.wantedAttributes.set((folded, period), for: folded)
            case (.attribute, nil): self.wantedAttributes.remove(folded)
            case (.command, let period?): self.wantedCommands.set((folded, period), for: folded)
            case (.command, nil): self.wantedCommands.remove(folded)
            }
        }

        mutating func stop(_ kind: PollKind, _ name: String, _ isStopped: Bool) {
            let folded = name.tangoFolded
            var list = kind == .attribute ? self.stoppedAttributes : self.stoppedCommands
            list.removeAll { $0 == folded }
            if isStopped { list.append(folded) }
            if kind == .attribute { self.stoppedAttributes = list } else { self.stoppedCommands = list }
        }

        mutating func record(_ change: PollChange) {
            switch change {
            case .polled(let target, let period):
                self.want(target.kind, target.name, period)
                self.stop(target.kind, target.name, false)
            case .stopped(let target, let isDeclaredInCode):
                self.want(target.kind, target.name, nil)
                if isDeclaredInCode { self.stop(target.kind, target.name, true) }
            }
        }

        /// The properties that record the polling; empty ones are to be deleted.
        var properties: [(name: String, values: [String])] {
            [
                (
                    "polled_attr",
                    self.wantedAttributes.members.flatMap { [$0.name, String($0.period)] } + self.unusableAttributes.flatMap(\.self)
                ),
                (
                    "polled_cmd",
                    self.wantedCommands.members.flatMap { [$0.name, String($0.period)] } + self.unusableCommands.flatMap(\.self)
                ),
                ("non_auto_polled_attr", self.stoppedAttributes), ("non_auto_polled_cmd", self.stoppedCommands),
            ]
        }

        mutating func update<Result>(_ kind: PollKind, _ name: String, _ change: (inout PolledObject) -> Result) -> Result? {
            kind == .attribute ? self.attributes.update(name, change) : self.commands.update(name, change)
        }

        /// Whether anything is polled.
        var isFlagged: Bool { self.attributes.count + self.commands.count > 0 }
    }

    private let state = FlaggedMutex(State())

    init() {}

    /// Whether nothing is polled now.
    var isEmpty: Bool { !self.state.isFlagged }

    // MARK: - What is polled

    /// Applies the properties; nothing is polled yet.
    func read(_ settings: PollSettings) {
        self.state.withLock { state in
            state = State()
            state.oldFactor = settings.oldFactor
            for kind in [PollKind.attribute, .command] {
                for (name, period) in settings.polled(kind) {
                    // Older versions of cppTango stored these two as commands.
                    let isBuiltIn = name.tangoFolded == "state" || name.tangoFolded == "status"
                    state.want(isBuiltIn ? .attribute : kind, name, period)
                }
                for name in settings.notPolled(kind) { state.stop(kind, name, true) }
            }
            state.unusableAttributes = settings.unusable(.attribute)
            state.unusableCommands = settings.unusable(.command)
        }
    }

    /// Drops the results: the device has a new object.
    func restart(_ settings: PollSettings) {
        self.state.withLock { state in
            state.attributes = OrderedTable()
            state.commands = OrderedTable()
            state.oldFactor = settings.oldFactor
            state.unusableAttributes = settings.unusable(.attribute)
            state.unusableCommands = settings.unusable(.command)
        }
    }

    /// Names and periods as in `polled_attr` and `polled_cmd`.
    func wanted(_ kind: PollKind) -> [(name: String, period: Int)] { self.state.withLock { $0.wanted(kind).members } }
    func wantedPeriod(_ kind: PollKind, _ name: String) -> Int? { self.state.withLock { $0.wanted(kind)[name]?.period } }

    /// Whether an operator stopped polling that the class's code declares.
    func isStopped(_ kind: PollKind, _ name: String) -> Bool {
        let folded = name.tangoFolded
        return self.state.withLock { (kind == .attribute ? $0.stoppedAttributes : $0.stoppedCommands).contains(folded) }
    }

    /// Adds an object to the polled ones.
    /// - Returns: `false` if it is polled already.
    func add(_ object: PolledObject) -> Bool {
        self.state.withLock { state in
            guard state.table(object.kind)[object.name] == nil else { return false }
            if object.kind == .attribute {
                state.attributes.set(object, for: object.name)
            } else {
                state.commands.set(object, for: object.name)
            }
            state.want(object.kind, object.name, object.period)
            state.stop(object.kind, object.name, false)
            return true
        }
    }

    /// Changes the period of an object.
    /// - Returns: `false` if it is not polled.
    func setPeriod(_ kind: PollKind, _ name: String, _ period: Int) -> Bool {
        self.state.withLock { state in
            guard state.update(kind, name, { $0.period = period }) != nil else { return false }
            state.want(kind, name, period)
            return true
        }
    }

    /// Removes an object from the polled ones.
    /// - Parameters:
    ///   - isForgotten: it is not polled after the next start either.
    ///   - isDeclaredInCode: the class's code polls it: the properties have to record that it is stopped.
    /// - Returns: `false` if it is not polled.
    func remove(_ kind: PollKind, _ name: String, isForgotten: Bool, isDeclaredInCode: Bool) -> Bool {
        self.state.withLock { state in
            let removed = kind == .attribute ? state.attributes.remove(name) : state.commands.remove(name)
            if isForgotten { state.want(kind, name, nil) }
            if isDeclaredInCode, removed != nil { state.stop(kind, name, true) }
            return removed != nil
        }
    }

    /// Returns the polled object of that name.
    func object(_ kind: PollKind, _ name: String) -> PolledObject? {
        guard !self.isEmpty else { return nil }
        return self.state.withLock { $0.table(kind)[name] }
    }

    /// Returns the objects in the order they were added.
    func objects(_ kind: PollKind) -> [PolledObject] { self.state.withLock { $0.table(kind).members } }

    /// The properties that record the polling; empty ones are to be deleted.
    var properties: [(name: String, values: [String])] { self.state.withLock { $0.properties } }

    /// What the properties will be after a change.
    func properties(after change: PollChange) -> [(name: String, values: [String])] {
        var state = self.state.withLock { $0 }
        state.record(change)
        return state.properties
    }

    /// Entries of `polled_attr` and `polled_cmd` that cannot be used, as a line of the status; empty if there are none.
    var statusText: String {
        guard self.state.withLock({ !$0.unusableAttributes.isEmpty || !$0.unusableCommands.isEmpty }) else { return "" }
        return self.unusable.map { "\nProperty \($0.property) has an entry that cannot be used: \($0.entry.joined(separator: ", "))" }
            .joined()
    }

    /// Entries of `polled_attr` and `polled_cmd` that cannot be used.
    var unusable: [(property: String, entry: [String])] {
        self.state.withLock { state in
            state.unusableAttributes.map { ("polled_attr", $0) } + state.unusableCommands.map { ("polled_cmd", $0) }
        }
    }

    // MARK: - Records

    /// Keeps polled values; those of attributes that are not polled any more are ignored.
    func record(_ values: [AttributeValue], date: Timestamp, began: NIODeadline, duration: TimeAmount?) {
        self.state.withLock { state in
            for value in values {
                _ = state.attributes.update(value.name) {
                    $0.record(.attribute(value), date: date, began: began, duration: duration)
                }
            }
        }
    }

    /// Keeps the polled result of a command.
    func record(command: String, _ record: PollRecord, date: Timestamp, began: NIODeadline, duration: TimeAmount?) {
        self.state.withLock { state in
            _ = state.commands.update(command) { $0.record(record, date: date, began: began, duration: duration) }
        }
    }

    /// Returns the newest record of an object.
    /// - Returns: `nil` if it is not polled.
    /// - Throws: `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    func fresh(_ kind: PollKind, _ name: String, now: NIODeadline) throws(DevFailed) -> PollRing<PollRecord>.Record? {
        guard !self.isEmpty else { return nil }
        let found = self.state.withLock { state -> (object: PolledObject, oldFactor: Int)? in
            state.table(kind)[name].map { ($0, state.oldFactor) }
        }
        guard let found else { return nil }
        return try found.object.fresh(oldFactor: found.oldFactor, now: now)
    }
}
