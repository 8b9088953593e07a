import TangoCore

/// Decides whether a value is an alarm event.
enum AlarmDetector {
    /// Whether the value is an event: its quality goes to or from ALARM or WARNING, or an error comes or goes.
    /// - Parameter last: the value of the last event; `nil` before the first.
    static func isEvent(_ value: EventValue, after last: EventValue?) -> Bool {
        guard let last else { return true }
        if !value.errors.isEmpty || !last.errors.isEmpty { return value.errors != last.errors }
        return value.quality != last.quality && (value.quality.isAlarming || last.quality.isAlarming)
    }
}
