import NIOCore
import TangoCore
import Testing

@testable import TangoServer

/// Periodic and archive events, by a clock that the test moves.
@Suite struct PeriodDetectorTests {
    private static func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds) }

    private static func value(_ number: Double, _ quality: AttributeQuality = .valid) -> EventValue {
        EventValue(
            AttributeValue(
                name: "x", data: .double([number]), quality: quality, format: .scalar, type: .double, time: .zero, readDimension: .scalar))
    }

    private static func criteria(
        period: String = "1000", archivePeriod: String = "Not specified", archiveAbsolute: String = "Not specified"
    ) -> EventCriteria {
        var events = EventProperties()
        events.period = period
        events.archivePeriod = archivePeriod
        events.archiveAbsoluteChange = archiveAbsolute
        return EventCriteria(events)
    }

    @Test(
        arguments: [
            ("1000", 980, 981), ("100", 98, 99), ("1", 1, 2), ("50", 49, 50), ("4999", 4899, 4900), ("5000", 4900, 4901),
            ("60000", 59900, 59901), ("nonsense", 980, 981), ("0", 980, 981), ("99999999999", 2_147_483_547, 2_147_483_548),
        ] as [(String, Int64, Int64)])
    func periodsEndALittleEarly(_ period: String, _ tooEarly: Int64, _ over: Int64) {
        let criteria = Self.criteria(period: period)
        #expect(!PeriodicDetector.isEvent(after: Self.time(0), criteria, now: Self.time(tooEarly)))
        #expect(PeriodicDetector.isEvent(after: Self.time(0), criteria, now: Self.time(over)))
    }

    @Test func theFirstValueIsAPeriodicEvent() {
        #expect(PeriodicDetector.isEvent(after: nil, .default, now: Self.time(0)))
    }

    @Test func changesDoNotMoveTheArchivePeriod() throws {
        let criteria = Self.criteria(archivePeriod: "500", archiveAbsolute: "5")
        var last = try #require(ArchiveDetector.event(Self.value(0), after: nil, criteria, now: Self.time(0)))
        #expect(last.period == Self.time(0))
        // A change.
        last = try #require(ArchiveDetector.event(Self.value(5), after: last, criteria, now: Self.time(400)))
        #expect(last.period == Self.time(0) && last.value == Self.value(5))
        #expect(ArchiveDetector.event(Self.value(5), after: last, criteria, now: Self.time(490)) == nil)
        // The period, without a change.
        last = try #require(ArchiveDetector.event(Self.value(5), after: last, criteria, now: Self.time(491)))
        #expect(last.period == Self.time(491))
        // The period's value is what later changes are compared with.
        last = try #require(ArchiveDetector.event(Self.value(9), after: last, criteria, now: Self.time(1000)))
        #expect(ArchiveDetector.event(Self.value(10), after: last, criteria, now: Self.time(1100)) == nil)
        #expect(ArchiveDetector.event(Self.value(14), after: last, criteria, now: Self.time(1100)) != nil)
    }

    @Test func archiveEventsWithoutPeriodFollowTheirOwnCriteria() throws {
        let criteria = Self.criteria(archiveAbsolute: "5")
        let last = try #require(ArchiveDetector.event(Self.value(0), after: nil, criteria, now: Self.time(0)))
        #expect(ArchiveDetector.event(Self.value(4), after: last, criteria, now: Self.time(1_000_000)) == nil)
        #expect(ArchiveDetector.event(Self.value(5), after: last, criteria, now: Self.time(1)) != nil)
        #expect(ArchiveDetector.event(Self.value(0, .alarm), after: last, criteria, now: Self.time(1)) != nil)
    }

    @Test func whatSubscriptionsNeed() {
        #expect(!EventCriteria.default.suffice(for: .change, of: .double))
        #expect(!EventCriteria.default.suffice(for: .archive, of: .double))
        #expect(EventCriteria.default.suffice(for: .periodic, of: .double))
        for type in [DataType.boolean, .string, .state, .enum, .encoded] {
            #expect(EventCriteria.default.suffice(for: .change, of: type) && EventCriteria.default.suffice(for: .archive, of: type))
        }
        #expect(Self.criteria(archivePeriod: "10").suffice(for: .archive, of: .long))
        #expect(Self.criteria(archiveAbsolute: "10").suffice(for: .archive, of: .long))
        var zero = EventProperties()
        zero.absoluteChange = "0"
        #expect(!EventCriteria(zero).suffice(for: .change, of: .long))
        zero.relativeChange = "1,2"
        #expect(EventCriteria(zero).suffice(for: .change, of: .long))
        #expect(EventCriteria(EventProperties()) == .default)
    }
}
