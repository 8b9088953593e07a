import Synchronization
import TangoCore

/// State and status of a device: what its code sets, and ALARM where its attributes call for it.
final class StateAndStatus: Sendable {
    private struct Declared {
        var state = DevState.unknown
        /// Text set by the device's code; `nil` is the sentence about the state.
        var status: String?
        /// Whether the last computation turned the device's ON into ALARM.
        var isAlarming = false
        /// Whether state and status describe a failed initialization.
        var isInitializationFailure = false

        /// The state as last computed from the qualities of the attributes.
        var known: DevState { self.isAlarming && self.state == .on ? .alarm : self.state }
    }

    private let declared = Mutex(Declared())
    private let members: DeviceMembers
    private let notices: @Sendable () -> String

    /// - Parameter notices: returns lines that the status ends with, whatever the state.
    init(_ members: DeviceMembers, notices: @escaping @Sendable () -> String = { "" }) {
        self.members = members
        self.notices = notices
    }

    // MARK: - Setting

    /// Sets the state, as the device's code does.
    func set(_ state: DevState) {
        self.declared.withLock { declared in
            declared.state = state
            declared.isAlarming = false
        }
    }

    /// Sets the text of the status; `nil` returns to the sentence about the state.
    func set(status: String?) { self.declared.withLock { $0.status = status } }

    /// Sets FAULT and a status that describes why the initialization failed.
    func initializationFailed(_ failure: DevFailed) {
        self.declared.withLock { declared in
            declared.state = .fault
            declared.isInitializationFailure = true
            declared.status =
                "The device is in FAULT state.\nInitialization failed:\n"
                + failure.errors.map(\.description.wireMetadata).joined(separator: "\n")
        }
    }

    /// Returns to the initial state if state and status describe a failed initialization.
    func clearInitializationFailure() {
        self.declared.withLock { declared in
            if declared.isInitializationFailure { declared = Declared() }
        }
    }

    // MARK: - State

    /// The state as last computed; decides which requests are allowed.
    var state: DevState { self.alarmIfForced(self.declared.withLock { $0.known }) }

    /// Computes the state from the qualities that the attributes had when they were last read.
    func computedState() -> DevState {
        let isAlarming = !self.members.activeAlarms.isEmpty
        return self.alarmIfForced(
            self.declared.withLock { declared in
                declared.isAlarming = isAlarming
                return declared.known
            })
    }

    private func alarmIfForced(_ known: DevState) -> DevState { known != .fault && self.members.forceAlarm ? .alarm : known }

    /// Attributes to be read before the state can be computed: those with alarm limits that are not polled anyway.
    var attributesTheStateDependsOn: [AttributeRuntime] {
        let state = self.declared.withLock { $0.state }
        return state == .on || state == .alarm ? self.members.attributesTheStateDependsOn : []
    }

    // MARK: - Status

    /// The status text: the one set by the device's code or the sentence about the state, in ALARM the reasons, in the words of cppTango,
    /// and what else users have to know.
    var status: String { self.ownStatus + self.notices() }

    private var ownStatus: String {
        let declared = self.declared.withLock { $0 }
        if declared.known != .fault, self.members.forceAlarm { return self.forcedAlarmText }
        let text = declared.status ?? "The device is in \(declared.known.name) state."
        return declared.known == .alarm ? text + self.alarmText : text
    }

    /// One line for each cause of an alarm, in the order of the attributes.
    private var alarmText: String {
        var limits = ""
        var qualities = ""
        for attribute in self.members.attributes {
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

    /// Why the device is in ALARM whatever its code sets.
    private var forcedAlarmText: String {
        let faulty = self.members.allAttributes.filter(\.forcesAlarm)
        func list(_ names: [String]) -> String {
            "\(names.count > 1 ? "s" : "") \(names.joined(separator: ", ")) \(names.count > 1 ? "have" : "has")"
        }
        var text = "The device is in ALARM state."
        let wrong = faulty.filter { $0.configurationError != nil }.map(\.name)
        if !wrong.isEmpty {
            text +=
                "\nAttribute\(list(wrong)) wrong configuration\nTry accessing the faulty attribute(s) to get more information"
        }
        let failed = faulty.filter { $0.configurationError == nil && $0.memorizedError != nil }.map(\.name)
        if !failed.isEmpty { text += "\nMemorized attribute\(list(failed)) failed during device startup sequence" }
        return text + self.members.forwardingErrorText
    }
}
