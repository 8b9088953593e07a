import Testing

@testable import TangoCore

struct DurationTests {
    @Test(
        arguments: [
            (Duration.milliseconds(1500), 1_500_000_000, 1_500_000, 1500),
            (.nanoseconds(1_999_999), 1_999_999, 1999, 1),
            (.milliseconds(-1), -1_000_000, -1000, -1),
            (.zero, 0, 0, 0),
        ] as [(Duration, Int64, Int64, Int64)])
    func wholeUnits(duration: Duration, nanoseconds: Int64, microseconds: Int64, milliseconds: Int64) {
        #expect(duration.nanoseconds == nanoseconds)
        #expect(duration.microseconds == microseconds)
        #expect(duration.milliseconds == milliseconds)
    }

    @Test func longTimesAreClamped() {
        let long = Duration(secondsComponent: .max, attosecondsComponent: 0)
        #expect(long.nanoseconds == .max / 2 && long.microseconds == .max / 2 && long.milliseconds == .max / 2)
        let past = Duration(secondsComponent: .min, attosecondsComponent: 0)
        #expect(past.nanoseconds == .min && past.microseconds == .min && past.milliseconds == .min)
    }
}
