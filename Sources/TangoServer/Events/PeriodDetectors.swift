import NIOCore
import TangoCore

/// Decides whether a value is an archive event.
enum ArchiveDetector {
    /// The events before.
    struct Last: Sendable {
        /// The value of the last event.
        var value: EventValue
        /// When the last event was sent because a period was over, or the first one.
        var period: NIODeadline
    }

    /// Returns what to keep in place of `last` when the value is an event; `nil` when it is none.
    ///
    /// The period counts from the last event that a period caused: changes between do not move it.
    /// - Parameter now: when the value's reading began.
    static func event(_ value: EventValue, after last: Last?, _ criteria: EventCriteria, now: NIODeadline) -> Last? {
        guard let last else { return Last(value: value, period: now) }
        if let period = criteria.archivePeriod, period.isOver(since: last.period, at: now) { return Last(value: value, period: now) }
        guard ChangeDetector.isEvent(value, after: last.value, criteria.archive) else { return nil }
        return Last(value: value, period: last.period)
    }
}

/// Decides whether a value is a periodic event.
enum PeriodicDetector {
    /// Whether the value is an event.
    /// - Parameters:
    ///   - last: when the last event's reading began; `nil` before the first.
    ///   - now: when this value's reading began.
    static func isEvent(after last: NIODeadline?, _ criteria: EventCriteria, now: NIODeadline) -> Bool {
        guard let last else { return true }
        return criteria.period.isOver(since: last, at: now)
    }
}
