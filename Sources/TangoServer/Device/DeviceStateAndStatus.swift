import TangoCore

/// State and status: what the device says, and what the kernel makes of the alarms of its attributes.
extension DeviceRuntime {
    struct Condition {
        var state = DevState.unknown
        /// Text set by the device; `nil` is the sentence about the state.
        var status: String?
        /// Whether the last computation made ALARM of the device's ON.
        var isAlarming = false
        /// State and status are the kernel's words about a failed initialization.
        var isInitializationFailure = false

        /// The state as last known.
        var known: DevState { self.isAlarming && self.state == .on ? .alarm : self.state }
    }

    /// The state as last computed: what decides on what is allowed.
    var state: DevState {
        let known = self.condition.withLock { $0.known }
        return known != .fault && self.hasTrouble ? .alarm : known
    }

    var hasTrouble: Bool { self.members.withLock { !$0.troubled.isEmpty || $0.forwarded.hasErrors } }

    /// Attributes to be read before the state can be told: those with alarms that the polling does not read anyway.
    var attributesTheStateDependsOn: [AttributeRuntime] {
        let state = self.condition.withLock { $0.state }
        guard state == .on || state == .alarm else { return [] }
        return self.members.withLock { members in
            members.alarmed.isEmpty || !members.troubled.isEmpty || members.forwarded.hasErrors ? [] : Array(members.alarmed.values)
        }
    }

    /// The state from what the attributes were when they were last read.
    func computedState() -> DevState {
        let isAlarming = !self.activeAlarms.isEmpty
        let known = self.condition.withLock { condition in
            condition.isAlarming = isAlarming
            return condition.known
        }
        return known != .fault && self.hasTrouble ? .alarm : known
    }

    /// The status text: the device's own or the sentence about the state, and in ALARM the reasons (measured texts).
    var status: String {
        let condition = self.condition.withLock { $0 }
        if condition.known != .fault, self.hasTrouble { return self.troubleText }
        let text = condition.status ?? "The device is in \(condition.known.name) state."
        return condition.known == .alarm ? text + self.alarmText : text
    }

    /// One line for each cause of an alarm, in the order of the attributes.
    private var alarmText: String {
        var limits = ""
        var qualities = ""
        for attribute in self.members.withLock({ $0.attributes.members }) {
            let (quality, cause) = attribute.lastQuality
            guard quality.isAlarming else { continue }
            let label = attribute.label
            let subject = label == "No label" ? "attribute \(attribute.name)" : label
            guard attribute.hasAlarms else {
                let (kind, name) = quality == .alarm ? ("Alarm", "ALARM") : ("Warning", "WARNING")
                qualities += "\n\(kind) : Quality factor set to \(name) for attribute \(label == "No label" ? attribute.name : label)"
                continue
            }
            if cause.contains(.minAlarm) {
                limits += "\nAlarm : Value too low for \(subject)"
            } else if cause.contains(.maxAlarm) {
                limits += "\nAlarm : Value too high for \(subject)"
            }
            if cause.contains(.readDiffersFromSet) { limits += "\nAlarm : Read too Different than Set (RDS) for \(subject)" }
            if cause.contains(.minWarning) {
                limits += "\nWarning : Value too low for \(subject)"
            } else if cause.contains(.maxWarning) {
                limits += "\nWarning : Value too high for \(subject)"
            }
        }
        return limits + qualities
    }

    /// Why the device is in ALARM whatever it says itself.
    private var troubleText: String {
        let troubled = self.members.withLock { $0.attributes.members + $0.last }.filter(\.isTroubled)
        func list(_ names: [String]) -> String {
            "\(names.count > 1 ? "s" : "") \(names.joined(separator: ", ")) \(names.count > 1 ? "have" : "has")"
        }
        var text = "The device is in ALARM state."
        let wrong = troubled.filter { $0.configurationError != nil }.map(\.name)
        if !wrong.isEmpty {
            text +=
                "\nAttribute\(list(wrong)) wrong configuration\nTry accessing the faulty attribute(s) to get more information"
        }
        let failed = troubled.filter { $0.configurationError == nil && $0.memorizedError != nil }.map(\.name)
        if !failed.isEmpty { text += "\nMemorized attribute\(list(failed)) failed during device startup sequence" }
        return text + self.forwardingErrorText
    }

    /// Takes note that an attribute's limits or errors changed.
    func updateAlarmIndex(for attribute: AttributeRuntime) {
        self.members.withLock { members in
            guard members.attribute(attribute.name) === attribute else { return }
            members.updateAlarmIndex(for: attribute)
        }
    }
}
