import NIOCore
import TangoCore

/// When values become events: the numbers of an attribute's event settings, worked out when the attribute is configured.
struct EventCriteria: Sendable, Hashable {
    /// Changes of an element that count; an element that fulfils one of them is enough.
    struct Change: Sendable, Hashable {
        /// Difference to the last value.
        var absolute = ChangeCriterion.none
        /// Difference in percent of the last value.
        var relative = ChangeCriterion.none

        static let none = Change()

        /// Whether there is anything to compare numbers with.
        var isSet: Bool { self != .none }
    }

    /// For change events.
    var change = Change.none
    /// For archive events.
    var archive = Change.none
    /// Longest time between archive events.
    var archivePeriod: EventPeriod?
    /// Time between periodic events.
    var period = EventPeriod(milliseconds: 1000)

    /// The criteria of an attribute without settings.
    static let `default` = EventCriteria()

    private init() {}

    /// Reads the settings of a configuration; texts that are no numbers count as not set.
    init(_ events: EventProperties) {
        func criterion(_ text: String) -> ChangeCriterion { ChangeCriterion(text) ?? .none }
        func period(_ text: String) -> EventPeriod? {
            AttributeSetting.wholeNumber(text).flatMap { $0 > 0 ? EventPeriod(milliseconds: min($0, Int64(Int32.max))) : nil }
        }
        self.change = Change(absolute: criterion(events.absoluteChange), relative: criterion(events.relativeChange))
        self.archive = Change(absolute: criterion(events.archiveAbsoluteChange), relative: criterion(events.archiveRelativeChange))
        self.archivePeriod = period(events.archivePeriod)
        self.period = period(events.period) ?? self.period
    }

    /// Whether subscriptions to a kind of event of an attribute that polling or a check would have to detect have what they need.
    func suffice(for kind: EventKind, of type: DataType) -> Bool {
        guard type.isNumeric else { return true }
        return switch kind {
        case .change: self.change.isSet
        case .archive: self.archive.isSet || self.archivePeriod != nil
        default: true
        }
    }
}

/// The criteria of an attribute that has settings: a reference, since most attributes have none.
final class SharedEventCriteria: Sendable {
    let value: EventCriteria

    /// `nil` for settings that are those of an attribute without any.
    init?(_ events: EventProperties) {
        let value = EventCriteria(events)
        guard value != .default else { return nil }
        self.value = value
    }
}

/// The time between two events of a kind.
struct EventPeriod: Sendable, Hashable {
    /// As configured.
    let milliseconds: Int64

    /// How much earlier than configured an event may be (cppTango 9.3.4): 100 ms from 5 s on, 2 percent below.
    var threshold: TimeAmount {
        guard self.milliseconds < 5000 else { return .milliseconds(self.milliseconds - 100) }
        return .milliseconds(Int64((Double(self.milliseconds) * 0.98 + 0.5).rounded(.down)))
    }

    /// Whether it is over.
    func isOver(since last: NIODeadline, at now: NIODeadline) -> Bool { now - last > self.threshold }
}
