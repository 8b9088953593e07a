import FoundationEssentials
import NIOCore
import TangoCore
import TangoWire
import Testing

@testable import TangoServer

/// The schedule, the ring and the texts, with the time given by the tests.
struct PollScheduleTests {
    typealias Schedule = PollSchedule<String>

    private func at(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(1_000_000_000) + .milliseconds(milliseconds) }

    /// Runs the schedule to the end, each job over at once: when each object was polled, in milliseconds.
    private func run(_ schedule: inout Schedule, from start: Int64 = 0, until end: Int64, late: (Int64) -> Int64 = { _ in 0 }) -> [String:
        [Int64]]
    {
        var polled: [String: [Int64]] = [:]
        var now = start
        while now <= end {
            let step = schedule.step(now: self.at(now))
            for job in step.jobs {
                for name in job.names { polled["\(job.device)/\(name)", default: []].append(now) }
                _ = schedule.finished(job.device)
            }
            // What waited for the device of a job is due at once.
            let again = schedule.step(now: .distantPast).next
            guard let next = again else { return polled }
            let due = (next - self.at(0)).nanoseconds / 1_000_000
            now = due <= now ? now : due + late(due)
        }
        return polled
    }

    @Test func somethingNewIsPolledAtOnceAndThenPeriodically() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(3))
        schedule.add("d", .command, "c", period: .milliseconds(250), now: self.at(3))
        let polled = self.run(&schedule, from: 3, until: 600)
        #expect(polled["d/a"] == [3, 103, 203, 303, 403, 503])
        #expect(polled["d/c"] == [3, 253, 503])
    }

    @Test func attributesOfADeviceWithTheSamePeriodAreOneJob() {
        var schedule = Schedule()
        for (device, name, period) in [("d", "a", 100), ("d", "b", 100), ("e", "a", 100), ("d", "c", 200), ("d", "e", 100)] {
            schedule.add(device, .attribute, name, period: .milliseconds(Int64(period)), now: self.at(0))
        }
        #expect(schedule.slotCount == 3)
        var jobs = schedule.step(now: self.at(0)).jobs
        #expect(jobs.map(\.device) == ["d", "e"], "one job of a device at a time")
        #expect(jobs.first?.names == ["a", "b", "e"])
        _ = jobs.map { schedule.finished($0.device) }
        while case let more = schedule.step(now: self.at(0)).jobs, !more.isEmpty { _ = more.map { schedule.finished($0.device) } }
        jobs = schedule.step(now: self.at(100)).jobs
        #expect(jobs.map(\.names) == [["a", "b", "e"], ["a"]])
    }

    /// A busy machine may run the first round late: what joined the group before is in it, and is not polled a second time.
    @Test func anAttributeThatJoinsBeforeTheFirstRoundIsPolledOnceInIt() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        schedule.add("d", .attribute, "State", period: .milliseconds(100), now: self.at(5))
        let polled = self.run(&schedule, from: 40, until: 250)
        #expect(polled["d/State"] == [40, 100, 200] && polled["d/a"] == [40, 100, 200])
    }

    @Test func anAttributeThatJoinsAGroupIsReadAtOnceAndDoesNotMoveIt() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        _ = self.run(&schedule, until: 50)
        schedule.add("d", .attribute, "b", period: .milliseconds(100), now: self.at(50))
        let polled = self.run(&schedule, from: 50, until: 350)
        #expect(polled["d/b"] == [50, 100, 200, 300])
        #expect(polled["d/a"] == [100, 200, 300])
    }

    @Test func aThousandAttributesKeepTheirPeriodsHoweverLateTheTimerIs() {
        var schedule = Schedule()
        for index in 0..<1000 {
            schedule.add("device\(index / 10)", .attribute, "a\(index)", period: .milliseconds(1000), now: self.at(Int64(index % 7)))
        }
        var jitter: Int64 = 0
        let polled = self.run(&schedule, from: 7, until: 60_000) { _ in
            jitter = (jitter * 31 + 17) % 23
            return jitter
        }
        #expect(polled.count == 1000)
        for times in polled.values {
            // The phase never moves: each round comes at most the jitter after its time.
            let rounds = times.suffix(50)
            #expect(rounds.count == 50)
            for (earlier, later) in zip(rounds, rounds.dropFirst()) { #expect(abs(later - earlier - 1000) <= 23 + 7) }
            #expect((times.last ?? 0) % 1000 <= 23 + 7)
        }
    }

    @Test func missedRoundsAreLeftOutAndReported() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        _ = schedule.step(now: self.at(0))
        _ = schedule.finished("d")
        let slightlyLate = schedule.step(now: self.at(199))
        #expect(slightlyLate.late.isEmpty && slightlyLate.jobs.count == 1)
        _ = schedule.finished("d")
        let step1 = schedule.step(now: self.at(199))
        #expect(step1.next == self.at(200))
        let late = schedule.step(now: self.at(455))
        #expect(late.late.map(\.attributes) == [["a"]])
        #expect(late.jobs.map(\.names) == [["a"]], "one read for all the rounds missed")
        _ = schedule.finished("d")
        let step2 = schedule.step(now: self.at(455))
        #expect(step2.next == self.at(500), "the phase is kept")
    }

    @Test func aDeviceThatHangsDelaysOnlyItself() {
        var schedule = Schedule()
        schedule.add("slow", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        schedule.add("slow", .command, "c", period: .milliseconds(100), now: self.at(0))
        schedule.add("quick", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        let step3 = schedule.step(now: self.at(0))
        #expect(step3.jobs.map(\.device) == ["slow", "quick"])
        _ = schedule.finished("quick")
        for round in 1...20 {
            let jobs = schedule.step(now: self.at(Int64(round) * 100)).jobs
            #expect(jobs.map(\.device) == ["quick"])
            _ = schedule.finished("quick")
        }
        let haveWaited = schedule.finished("slow")
        #expect(haveWaited, "others of it have been waiting")
        let after = schedule.step(now: self.at(2050))
        #expect(after.jobs.count == 1 && after.jobs.first?.device == "slow" && after.jobs.first?.kind == .command)
        _ = schedule.finished("slow")
        let attribute = schedule.step(now: self.at(2051))
        #expect(attribute.jobs.map(\.kind) == [.attribute] && attribute.late.map(\.attributes) == [["a"]])
    }

    @Test func objectsAreAddedChangedAndRemovedWhileTheyArePolled() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        schedule.add("d", .attribute, "b", period: .milliseconds(100), now: self.at(0))
        let step4 = schedule.step(now: self.at(0))
        #expect(step4.jobs.map(\.names) == [["a", "b"]])
        schedule.add("d", .attribute, "A", period: .milliseconds(300), now: self.at(10))
        schedule.remove("d", .attribute, "B")
        _ = schedule.finished("d")
        var polled = self.run(&schedule, from: 10, until: 700)
        #expect(polled == ["d/A": [10, 310, 610]])
        schedule.remove("d", .attribute, "a")
        let step5 = schedule.step(now: self.at(10_000))
        #expect(step5.next == nil && schedule.slotCount == 0)

        schedule.add("d", .command, "c", period: .milliseconds(100), now: self.at(0))
        let step6 = schedule.step(now: self.at(0))
        #expect(step6.jobs.count == 1)
        schedule.removeAll("d")
        let isWaitedFor = schedule.finished("d")
        #expect(!isWaitedFor, "nobody waits for a device that is gone")
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        polled = self.run(&schedule, until: 100)
        #expect(polled == ["d/a": [0, 100]])
    }

    @Test func whatWasDueInAPauseIsPolledAfterItAndIsNotLate() {
        var schedule = Schedule()
        schedule.add("d", .attribute, "a", period: .milliseconds(100), now: self.at(0))
        schedule.add("e", .attribute, "a", period: .seconds(10), now: self.at(0))
        for job in schedule.step(now: self.at(0)).jobs { _ = schedule.finished(job.device) }
        schedule.resume(now: self.at(5000))
        let step = schedule.step(now: self.at(5000))
        #expect(step.late.isEmpty && step.jobs.map(\.device) == ["d"])
        #expect(step.next == self.at(5100))
    }

    @Test func manyChangesLeaveNothingBehind() {
        var schedule = Schedule()
        for round in 0..<5000 {
            schedule.add("d", .attribute, "a", period: .seconds(3600), now: self.at(Int64(round)))
            _ = schedule.step(now: self.at(Int64(round)))
            _ = schedule.finished("d")
        }
        #expect(schedule.slotCount == 1)
        let step7 = schedule.step(now: self.at(5000), limit: 10)
        #expect(step7.jobs.isEmpty)
    }

    @Test func atMostSoManyJobsComeFromOneStep() {
        var schedule = Schedule()
        for index in 0..<10 { schedule.add("d\(index)", .attribute, "a", period: .seconds(1), now: self.at(0)) }
        let first = schedule.step(now: self.at(0), limit: 4)
        #expect(first.jobs.map(\.device) == ["d0", "d1", "d2", "d3"] && first.next == self.at(0))
        let step8 = schedule.step(now: self.at(0), limit: 100)
        #expect(step8.jobs.count == 6)
    }
}

struct PollRecordTests {
    private func time(_ milliseconds: Int32) -> Timestamp {
        Timestamp(seconds: 1000 + milliseconds / 1000, microseconds: milliseconds % 1000 * 1000)
    }

    private func value(_ number: Int32, errors: [DevError] = []) -> PollRecord {
        .attribute(
            AttributeValue(
                name: "Level", data: .long([number]), format: .scalar, type: .long, time: self.time(number), readDimension: .scalar,
                errors: errors))
    }

    @Test func theRingKeepsTheNewestRecords() {
        var ring = PollRing<Int>(depth: 3)
        #expect(ring.isEmpty && ring.newest == nil && ring.newest(5).isEmpty && ring.deltas(4).isEmpty)
        for number in 1...8 {
            ring.append(number, at: self.time(Int32(number) * 100 * Int32(number)))
            #expect(ring.newest(10).map(\.value) == Array(max(1, number - 2)...number))
            #expect(ring.newest?.value == number && ring.newest(1).map(\.value) == [number])
        }
        #expect(ring.count == 3 && ring.newest(0).isEmpty && ring.newest(-1).isEmpty)
        #expect(ring.deltas(4) == [1500, 1300] && ring.deltas(1) == [1500])
        #expect(PollRing<Int>(depth: 0).depth == 1)
    }

    private func status(
        _ object: PolledObject, age: TimeAmount = .milliseconds(74), together: [String] = ["Level"], asCommand: Bool = false
    ) -> [String] {
        object.statusText(together: together, asCommand: asCommand, now: object.updated + (object.duration ?? .zero) + age)
            .components(separatedBy: "\n")
    }

    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func theStatusTellsEverythingAboutAPolledObject() {
        var object = PolledObject(name: "Level", kind: .attribute, period: 100, depth: 10)
        let head = ["Polled attribute name = Level", "Polling period (mS) = 100", "Polling ring buffer depth = 10"]
        #expect(self.status(object) == head + ["No data recorded yet"])
        object.record(self.value(0), date: self.time(0), began: self.start, duration: .microseconds(78))
        #expect(
            self.status(object) == head + [
                "Time needed for the last attribute reading (mS) = 0.078", "Data not updated since 74 mS",
            ])
        for number in [Int32(99), 199, 299, 402, 502] {
            object.record(self.value(number), date: self.time(number), began: self.start, duration: .microseconds(1234))
        }
        #expect(
            self.status(object, together: ["Level", "Other"]) == head + [
                "Time needed for the last attributes (Level + Other) reading (mS) = 1.234", "Data not updated since 74 mS",
                "Delta between last records (in mS) = 100, 103, 100, 100",
            ])
        object.record(
            self.value(0, errors: [DevError("R", "D", origin: "O"), DevError("X", "Y", origin: "Z")]), date: self.time(602),
            began: self.start, duration: .milliseconds(12))
        #expect(
            self.status(object).suffix(5) == [
                "Delta between last records (in mS) = 100, 100, 103, 100", "Last attribute read FAILED :", "\tReason = R", "\tDesc = D",
                "\tOrigin = O",
            ])
        #expect(self.status(object, asCommand: true).first == "Polled command name = Level")
        #expect(self.status(object, asCommand: true)[3] == "Time needed for the last command reading (mS) = 12.000")
        #expect(self.status(object, asCommand: true).contains("Last command read FAILED :"))
    }

    @Test func theAgeIsGivenInMinutesSecondsAndMilliseconds() {
        var object = PolledObject(name: "Level", kind: .attribute, period: 100, depth: 10)
        object.record(self.value(0), date: self.time(0), began: self.start, duration: .microseconds(78))
        for (age, text) in [
            (TimeAmount.milliseconds(999), "999 mS"), (.milliseconds(1000), "1 S and 0 mS"), (.milliseconds(6226), "6 S and 226 mS"),
            (.milliseconds(59_999), "59 S and 999 mS"), (.seconds(60), "1 MN"), (.milliseconds(60_001), "1 MN and 1 mS"),
            (.milliseconds(125_020), "2 MN ,5 S and 20 mS"), (.seconds(3605), "60 MN ,5 S"), (.milliseconds(-5), "0 mS"),
        ] {
            #expect(self.status(object, age: age).last == "Data not updated since \(text)")
        }
    }

    @Test func triggeredAndFilledObjectsDifferFromPeriodicOnes() {
        var object = PolledObject(name: "Level", kind: .attribute, period: 0, depth: 4)
        let head = ["Polled attribute name = Level", "Polling externally triggered", "Polling ring buffer depth = 4"]
        #expect(self.status(object) == head + ["No data recorded yet"])
        object.record(self.value(0), date: self.time(0), began: self.start, duration: .microseconds(78))
        #expect(self.status(object) == head)
        object.record(self.value(5), date: self.time(5), began: self.start, duration: nil)
        #expect(self.status(object) == head + ["The polling buffer is externally filled in", "Delta between last records (in mS) = 5"])
    }

    @Test func aCommandIsShownAsOne() {
        var object = PolledObject(name: "Run", kind: .command, period: 20, depth: 10)
        object.record(
            .command(.void, errors: [DevError("R", "D", origin: "O")]), date: self.time(0), began: self.start, duration: .microseconds(20))
        #expect(
            self.status(object, together: []) == [
                "Polled command name = Run", "Polling period (mS) = 20", "Polling ring buffer depth = 10",
                "Time needed for the last command execution (mS) = 0.020", "Data not updated since 74 mS",
                "Last command execution FAILED :",
                "\tReason = R", "\tDesc = D", "\tOrigin = O",
            ])
    }

    @Test func aRecordIsFreshForSomePeriodsOnly() throws {
        var object = PolledObject(name: "Level", kind: .attribute, period: 100, depth: 10)
        var failure = #expect(throws: DevFailed.self) { try object.fresh(oldFactor: 4, now: self.start) }
        #expect(failure?.reason == "API_NoDataYet" && failure?.reasonDescription == "No data available in cache for attribute Level")
        object.record(self.value(0), date: self.time(0), began: self.start, duration: .zero)
        #expect(throws: Never.self) { try object.fresh(oldFactor: 4, now: self.start + .milliseconds(400)) }
        failure = #expect(throws: DevFailed.self) { try object.fresh(oldFactor: 4, now: self.start + .milliseconds(401)) }
        #expect(failure?.reason == "API_NotUpdatedAnyMore")
        #expect(failure?.reasonDescription == "Data in cache for attribute Level not updated any more")
        #expect(throws: DevFailed.self) { try object.fresh(oldFactor: 1, now: self.start + .milliseconds(101)) }
        #expect(throws: Never.self) { try object.fresh(oldFactor: .max, now: self.start + .hours(24)) }
        object.period = 0
        #expect(throws: Never.self) { try object.fresh(oldFactor: 4, now: self.start + .hours(24)) }
    }

    @Test func theSettingsOfADeviceComeFromItsProperties() {
        var configuration = DeviceConfiguration()
        var settings = PollSettings(configuration)
        #expect(settings.oldFactor == 4 && settings.depth(.attribute, "a") == 10 && settings.minimumPeriod(.attribute, "a") == nil)
        configuration.properties = [
            "poll_old_factor": ["7"], "poll_ring_depth": ["20"], "attr_poll_ring_depth": ["Level", "3"],
            "cmd_poll_ring_depth": ["Run", "x"], "min_poll_period": ["500"], "attr_min_poll_period": ["level", "200", "odd"],
            "cmd_min_poll_period": ["run", "-1"],
            "polled_attr": ["level", "100", "bad", "text", "short", "3", "trigger", "0", "odd"], "non_auto_polled_cmd": ["x"],
        ]
        settings = PollSettings(configuration)
        #expect(settings.oldFactor == 7)
        #expect(settings.depth(.attribute, "LEVEL") == 3 && settings.depth(.attribute, "b") == 20 && settings.depth(.command, "run") == 20)
        #expect(settings.minimumPeriod(.attribute, "Level") == 200 && settings.minimumPeriod(.command, "Run") == 500)
        #expect(settings.polled(.attribute).map { "\($0.name) \($0.period)" } == ["level 100", "trigger 0"])
        #expect(settings.polled(.command).isEmpty && settings.notPolled(.command) == ["x"])
    }
}
