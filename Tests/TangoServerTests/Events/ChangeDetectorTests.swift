import TangoCore
import Testing

@testable import TangoServer

/// Values in place of the attributes they would come from.
private func value(
    _ data: AttributeData, _ quality: AttributeQuality = .valid, type: DataType? = nil, error: String? = nil
) -> EventValue {
    EventValue(
        AttributeValue(
            name: "x", data: data, quality: quality, format: .spectrum, type: type ?? data.elementType, time: .zero, readDimension: .zero,
            errors: error.map { [DevError(ErrorReason(rawValue: $0), "text", origin: "here")] } ?? []))
}

private func criteria(abs: String = "Not specified", rel: String = "Not specified") -> EventCriteria.Change {
    var events = EventProperties()
    events.absoluteChange = abs
    events.relativeChange = rel
    return EventCriteria(events).change
}

/// Which values are change events: the rules measured on cppTango 9.3.4 and PyTango 10.3.1.
@Suite struct ChangeDetectorTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var last: AttributeData
        var new: AttributeData
        var absolute = "Not specified"
        var relative = "Not specified"
        var isEvent: Bool

        init(_ last: AttributeData, _ new: AttributeData, abs: String = "Not specified", rel: String = "Not specified", _ isEvent: Bool) {
            (self.last, self.new, self.absolute, self.relative, self.isEvent) = (last, new, abs, rel, isEvent)
        }

        var testDescription: String { "\(self.last) → \(self.new), abs \(self.absolute), rel \(self.relative)" }
    }

    static let absolute: [Case] = [
        Case(.long([10]), .long([14]), abs: "5", false),
        Case(.long([10]), .long([15]), abs: "5", true),
        Case(.long([10]), .long([5]), abs: "5", true),
        Case(.long([10]), .long([6]), abs: "5", false),
        Case(.double([1]), .double([1.5]), abs: "0.5", true),
        Case(.double([1]), .double([1.49]), abs: "0.5", false),
        Case(.double([1]), .double([0.5]), abs: "0.5", true),
        // Two numbers: down and up.
        Case(.double([10]), .double([12.9]), abs: "-1,3", false),
        Case(.double([10]), .double([13]), abs: "-1,3", true),
        Case(.double([10]), .double([9.1]), abs: "-1,3", false),
        Case(.double([10]), .double([9]), abs: "-1,3", true),
        // Ends of the types.
        Case(.long64([.min]), .long64([.max]), abs: "5", true),
        Case(.ulong64([.max]), .ulong64([0]), abs: "5", true),
        Case(.ulong64([.max]), .ulong64([.max - 4]), abs: "5", false),
        Case(.long64([9_007_199_254_740_993]), .long64([9_007_199_254_740_994]), abs: "1", true),
        Case(.uchar([250]), .uchar([255]), abs: "5", true),
        Case(.short([.min]), .short([.max]), abs: "70000", false),
        // No criterion, or one of 0: numbers never differ enough.
        Case(.long([10]), .long([100_000]), false),
        Case(.long([10]), .long([100_000]), abs: "0", false),
        Case(.double([1]), .double([.nan]), false),
    ]

    static let relative: [Case] = [
        Case(.double([100]), .double([109.9]), rel: "10", false),
        Case(.double([100]), .double([110]), rel: "10", true),
        Case(.double([100]), .double([90]), rel: "10", true),
        // The change of a negative value has the sign of change by value.
        Case(.double([-99]), .double([-105]), rel: "10", false),
        Case(.double([-100]), .double([-110]), rel: "10", true),
        Case(.double([-100]), .double([-110]), rel: "-10,1000", false),
        Case(.double([-100]), .double([-90]), rel: "-10,1000", true),
        // From zero every change is 100 percent up.
        Case(.double([0]), .double([0.001]), rel: "100", true),
        Case(.double([0]), .double([-0.001]), rel: "100", true),
        Case(.double([0]), .double([0.001]), rel: "101", false),
        Case(.double([0]), .double([0]), rel: "1", false),
        Case(.long([0]), .long([1]), rel: "100", true),
        // Integers are divided as integers.
        Case(.long([1000]), .long([1006]), rel: "0.5", false),
        Case(.long([1000]), .long([1012]), rel: "0.5", true),
        Case(.long([-1000]), .long([-1009]), rel: "1", false),
        Case(.long([-1000]), .long([-1010]), rel: "1", true),
        // Either criterion is enough.
        Case(.double([100]), .double([105]), abs: "5", rel: "50", true),
        Case(.double([1]), .double([2]), abs: "5", rel: "50", true),
    ]

    static let others: [Case] = [
        Case(.double([1]), .double([.nan]), abs: "5", true),
        Case(.double([.nan]), .double([1]), abs: "5", true),
        Case(.double([.nan]), .double([.nan]), abs: "5", false),
        Case(.float([.nan]), .float([2]), rel: "5", true),
        Case(.double([.infinity]), .double([.infinity]), abs: "5", rel: "5", false),
        Case(.double([1]), .double([.infinity]), abs: "5", true),
        // One element is enough; the set part counts as well.
        Case(.double([1, 2, 3]), .double([1, 2, 8]), abs: "5", true),
        Case(.double([1, 2, 3]), .double([1, 2, 7]), abs: "5", false),
        // Size.
        Case(.double([1, 2]), .double([1, 2, 2]), abs: "5", true),
        Case(.long([]), .long([1]), true),
        Case(.string(["a"]), .string(["a", "b"]), true),
        // Types that need no criterion.
        Case(.boolean([true]), .boolean([false]), true),
        Case(.boolean([true, false]), .boolean([true, false]), false),
        Case(.string(["a"]), .string(["A"]), true),
        Case(.string(["a"]), .string(["a"]), false),
        Case(.state([.on]), .state([.off]), true),
        Case(.deviceState(.on), .deviceState(.on), false),
        Case(.deviceState(.on), .deviceState(.alarm), true),
        // Encoded values: lengths and format, and with a criterion the bytes.
        Case(.encoded([DevEncoded(format: "a", data: [1])]), .encoded([DevEncoded(format: "a", data: [1, 2])]), true),
        Case(.encoded([DevEncoded(format: "a", data: [1])]), .encoded([DevEncoded(format: "b", data: [1])]), true),
        Case(.encoded([DevEncoded(format: "a", data: [1])]), .encoded([DevEncoded(format: "a", data: [9])]), false),
        Case(.encoded([DevEncoded(format: "a", data: [1])]), .encoded([DevEncoded(format: "a", data: [9])]), abs: "5", true),
    ]

    @Test(arguments: Self.absolute + Self.relative + Self.others)
    func elements(_ test: Case) {
        let limits = criteria(abs: test.absolute, rel: test.relative)
        #expect(ChangeDetector.isEvent(value(test.new), after: value(test.last), limits) == test.isEvent)
    }

    @Test func labelsAreComparedWithoutCriterion() {
        let (old, new) = (value(.short([1]), type: .enum), value(.short([2]), type: .enum))
        #expect(ChangeDetector.isEvent(new, after: old, .none))
        #expect(!ChangeDetector.isEvent(old, after: old, .none))
        #expect(!ChangeDetector.isEvent(value(.short([2])), after: value(.short([1])), .none))
    }

    @Test func theFirstValueIsAnEvent() {
        #expect(ChangeDetector.isEvent(value(.double([1])), after: nil, .none))
        #expect(ChangeDetector.isEvent(value(.none, .invalid, error: "R"), after: nil, .none))
    }

    @Test func qualitiesAndErrors() {
        let valid = value(.double([1]))
        let (invalid, failed, other) = (value(.none, .invalid), value(.none, .invalid, error: "R"), value(.none, .invalid, error: "S"))
        let stack = criteria(abs: "100")
        func isEvent(_ new: EventValue, _ last: EventValue) -> Bool { ChangeDetector.isEvent(new, after: last, stack) }
        for quality in AttributeQuality.allCases where quality != .valid && quality != .invalid {
            #expect(isEvent(value(.double([1]), quality), valid))
            #expect(isEvent(valid, value(.double([1]), quality)))
            #expect(!isEvent(value(.double([2]), quality), value(.double([1]), quality)))
        }
        #expect(isEvent(invalid, valid) && isEvent(valid, invalid) && !isEvent(invalid, invalid))
        #expect(isEvent(failed, valid) && isEvent(valid, failed) && !isEvent(failed, failed))
        #expect(isEvent(other, failed))
        #expect(isEvent(failed, invalid) && isEvent(invalid, failed))
    }
}

/// Alarm events need no criteria.
@Suite struct AlarmDetectorTests {
    @Test func qualitiesToAndFromAlarm() {
        func isEvent(_ last: AttributeQuality, _ new: AttributeQuality) -> Bool {
            AlarmDetector.isEvent(value(.double([2]), new), after: value(.double([1]), last))
        }
        let events: Set<[AttributeQuality]> = [
            [.valid, .alarm], [.valid, .warning], [.alarm, .valid], [.warning, .valid], [.alarm, .warning], [.warning, .alarm],
            [.changing, .alarm], [.changing, .warning], [.alarm, .changing], [.warning, .changing], [.invalid, .alarm],
            [.invalid, .warning], [.alarm, .invalid], [.warning, .invalid],
        ]
        for last in AttributeQuality.allCases {
            for new in AttributeQuality.allCases { #expect(isEvent(last, new) == events.contains([last, new]), "\(last) → \(new)") }
        }
    }

    @Test func firstValuesAndErrors() {
        let (valid, failed) = (value(.double([1])), value(.none, .invalid, error: "R"))
        #expect(AlarmDetector.isEvent(valid, after: nil))
        #expect(AlarmDetector.isEvent(failed, after: valid) && AlarmDetector.isEvent(valid, after: failed))
        #expect(!AlarmDetector.isEvent(failed, after: failed) && !AlarmDetector.isEvent(value(.double([9])), after: valid))
        #expect(AlarmDetector.isEvent(value(.none, .invalid, error: "S"), after: failed))
    }
}
