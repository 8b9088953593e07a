import NIOCore
import Synchronization
import TangoCore
import TangoWire

/// Polls the devices of a server with one timer. Its reads take the same path as those of clients.
package final class PollDriver: Sendable {
    private struct State {
        var schedule = PollSchedule<ObjectIdentifier>()
        var devices: [ObjectIdentifier: DeviceRuntime] = [:]
        var eventLoop: (any EventLoop)?
        var timer: Scheduled<Void>?
        var timerDue: NIODeadline?
        var isStopped = false
        var isShutDown = false
    }

    /// Maximum number of jobs begun in one turn of the event loop, so that requests of clients run in between.
    private static let jobsPerTurn = 32

    private let state = Mutex(State())
    private let readsSeparately = Atomic<Bool>(false)

    package init() {}

    /// Applies the admin device's properties: with `polling_before_9`, each attribute is read by itself.
    /// - Parameter properties: by name in lower case.
    func apply(_ properties: [String: [String]]) {
        self.readsSeparately.store(properties["polling_before_9"]?.first?.lowercased() == "true", ordering: .relaxed)
    }

    /// Whether polling is on: StartPolling and StopPolling switch it.
    var isOn: Bool { self.state.withLock { !$0.isStopped } }

    func start() {
        self.state.withLock { state in
            guard state.isStopped else { return }
            state.isStopped = false
            state.schedule.resume(now: .now())
        }
        self.arm()
    }

    func stop() {
        self.state.withLock { $0.isStopped = true }
    }

    /// Ends polling for good, at the end of the server.
    func shutDown() {
        self.state.withLock { state in
            state.isShutDown = true
            state.timer?.cancel()
            state.timer = nil
            state.schedule = PollSchedule()
            state.devices = [:]
        }
    }

    /// Polls an object from now on, or changes its period.
    /// - Parameter period: milliseconds; 0 is not polled by the timer.
    func add(_ runtime: DeviceRuntime, _ kind: PollKind, _ name: String, period: Int) {
        guard period > 0 else { return self.remove(runtime, kind, name) }
        self.state.withLock { state in
            guard !state.isShutDown else { return }
            if state.eventLoop == nil { state.eventLoop = runtime.server.eventLoops.next() }
            state.devices[ObjectIdentifier(runtime)] = runtime
            state.schedule.add(ObjectIdentifier(runtime), kind, name, period: .milliseconds(Int64(period)), now: .now())
        }
        self.arm()
    }

    func remove(_ runtime: DeviceRuntime, _ kind: PollKind, _ name: String) {
        self.state.withLock { $0.schedule.remove(ObjectIdentifier(runtime), kind, name) }
    }

    /// Removes a device that ended; the result of a poll under way is dropped.
    func remove(_ runtime: DeviceRuntime) {
        self.state.withLock { state in
            state.schedule.removeAll(ObjectIdentifier(runtime))
            state.devices[ObjectIdentifier(runtime)] = nil
        }
    }

    // MARK: - The timer

    /// Sets the timer to the next round.
    private func arm() {
        self.state.withLock { state in
            guard !state.isStopped, !state.isShutDown, let eventLoop = state.eventLoop else { return }
            // A step in the distant past starts nothing, and returns when the next one is due.
            guard let next = state.schedule.step(now: .distantPast).next else { return }
            if let due = state.timerDue, due <= next { return }
            state.timer?.cancel()
            state.timerDue = next
            state.timer = eventLoop.scheduleTask(deadline: next) { self.turn() }
        }
    }

    /// Begins the jobs that are due, on the event loop.
    private func turn() {
        let (step, devices) = self.state.withLock { state -> (PollSchedule<ObjectIdentifier>.Step, [ObjectIdentifier: DeviceRuntime]) in
            state.timer = nil
            state.timerDue = nil
            guard !state.isStopped, !state.isShutDown else { return (.init(), [:]) }
            return (state.schedule.step(now: .now(), limit: Self.jobsPerTurn), state.devices)
        }
        for (device, attributes) in step.late {
            guard let runtime = devices[device] else { continue }
            for attribute in attributes {
                runtime.events.pollingLate(attribute)
                runtime.server.changes.send(runtime.name, .pollingLate(attribute: attribute))
            }
        }
        for job in step.jobs {
            guard let runtime = devices[job.device] else { continue }
            self.run(job, on: runtime)
        }
        self.arm()
    }

    // MARK: - Jobs

    private struct Receiver: OutcomeReceiver {
        let driver: PollDriver
        let eventLoop: any EventLoop
        let runtime: DeviceRuntime
        let poll: Poll
        func finish(_ outcome: Result<DeviceResult, any Error>) {
            if let next = self.driver.keep(self.poll, outcome, self.runtime) { self.driver.run(next, on: self.runtime) }
        }
    }

    /// A request that is part of a job.
    private struct Poll: Sendable {
        var job: PollSchedule<ObjectIdentifier>.Job
        /// The names of the job that this request reads.
        var names: Range<Int>
        var date = Timestamp.now
        var began = NIODeadline.now()
    }

    private func run(_ job: PollSchedule<ObjectIdentifier>.Job, on runtime: DeviceRuntime) {
        let isTogether = job.kind == .command || !self.readsSeparately.load(ordering: .relaxed)
        self.run(Poll(job: job, names: 0..<(isTogether ? job.names.count : min(1, job.names.count))), on: runtime)
    }

    private func run(_ first: Poll, on runtime: DeviceRuntime) {
        var next: Poll? = first
        while let poll = next {
            let names = Array(poll.job.names[poll.names])
            let receiver = Receiver(driver: self, eventLoop: runtime.server.eventLoops.any(), runtime: runtime, poll: poll)
            let outcome: Result<DeviceResult, any Error>?
            runtime.pollRecorder.recordInBlackBox(poll.job.kind, names)
            switch poll.job.kind {
            case .attribute:
                outcome = OperationRunner.run(ReadOperation(polling: names), on: runtime) { receiver }
            case .command:
                outcome = OperationRunner.run(CommandOperation(name: names.first ?? "", argument: .void), on: runtime) { receiver }
            }
            guard let outcome else { return }
            next = self.keep(poll, outcome, runtime)
        }
    }

    /// Keeps the result.
    /// - Returns: the job's next request; `nil` if the job is done.
    private func keep(_ poll: Poll, _ outcome: Result<DeviceResult, any Error>, _ runtime: DeviceRuntime) -> Poll? {
        if !runtime.isEnded {
            runtime.pollRecorder.record(
                outcome, of: poll.job.kind, Array(poll.job.names[poll.names]), date: poll.date, began: poll.began,
                duration: .now() - poll.began)
            if poll.names.upperBound < poll.job.names.count {
                return Poll(job: poll.job, names: poll.names.upperBound..<(poll.names.upperBound + 1))
            }
        }
        let isWaitedFor = self.state.withLock { $0.schedule.finished(poll.job.device) }
        if isWaitedFor { self.arm() }
        return nil
    }
}
