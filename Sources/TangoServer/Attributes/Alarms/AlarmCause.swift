import TangoCore

/// Why the kernel gave a value the quality ALARM or WARNING.
struct AlarmCause: OptionSet, Sendable {
    let rawValue: UInt8
    static let minAlarm = AlarmCause(rawValue: 1)
    static let maxAlarm = AlarmCause(rawValue: 2)
    static let readDiffersFromSet = AlarmCause(rawValue: 4)
    static let minWarning = AlarmCause(rawValue: 8)
    static let maxWarning = AlarmCause(rawValue: 16)

    var quality: AttributeQuality {
        if !self.isDisjoint(with: [.minAlarm, .maxAlarm, .readDiffersFromSet]) { return .alarm }
        return self.isEmpty ? .valid : .warning
    }
}
