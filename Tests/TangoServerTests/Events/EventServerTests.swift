import Synchronization
import TangoClient
import TangoCore
import TangoEvents
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// A device with attributes for every kind of event.
private final class Source: Device {
    let context: DeviceContext
    private let broken = Mutex(false)
    var number = 0.0

    init(context: DeviceContext) { self.context = context }
    func initialize() throws {
        self.context.setState(.on)
        var support = EventSupport()
        support.change = .always
        try self.context.setPushedEvents(support, attribute: "state")
    }

    private func polled() throws -> Double {
        if self.broken.withLock({ $0 }) { throw DevFailed("Source_Broken", "no value") }
        return self.number
    }

    static let deviceClass = DeviceClass("Source", Source.self, execution: .inline, documentation: [:]) {
        Attribute("Polled", Double.self, absoluteChange: 1, archiveAbsoluteChange: 1).read { try $0.polled() }
            .write { $0.number = $1 }
        Attribute("Plain", Double.self).read { _ in 0 }
        Attribute("Name", String.self).read { _ in "x" }
        Attribute("Pushed", Double.self, maxAlarm: 100).read { _ in 0 }.pushesEvents(.change).pushesEvents(.archive)
            .announcesDataReady()
        Attribute("Checked", Double.self, absoluteChange: 1).read { _ in 0 }.pushesEvents(.change, detect: true)
        Attribute("Unchecked", Double.self).read { _ in 0 }.pushesEvents(.change, detect: true)
        DevicePipe("Pipe").read { _ in [] }
        Command("Break") { (device, isBroken: Bool) in device.broken.withLock { $0 = isBroken } }
    }
}

/// A device server whose events stay in the process.
private struct EventStand {
    let test: TestServer
    let transport: InMemoryTransport
    let listener: RawListener

    static func run(_ body: (EventStand) async throws -> Void) async throws {
        let transport = InMemoryTransport()
        var configuration = DeviceServer.Configuration(
            name: "Test",
            arguments: ServerArguments(
                instance: "test", source: .none([.init(name: "t/a/1"), .init(name: "t/a/2")]), endPoint: .init(host: "127.0.0.1", port: 0)),
            eventLoopThreads: 1, poolThreads: 4)
        configuration.eventTransport = transport
        let server = DeviceServer(classes: [Source.deviceClass], configuration: configuration)
        let client = ControlSystem()
        let outcome: Result<Void, any Error>
        do {
            try await server.start()
            let test = TestServer(server: server, client: client)
            let listener = try await RawListener(try await test.admin(), transport: transport)
            try await body(EventStand(test: test, transport: transport, listener: listener))
            #expect(listener.problems.isEmpty)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await client.shutdown()
        await server.stop()
        try outcome.get()
    }

    /// Polls an attribute; not so often that a busy machine is late, which would be an event.
    func poll(_ attribute: String, period: Int32 = 300) async throws {
        try await self.test.admin().command(
            "AddObjPolling", .longStringArray(LongStringArray(longs: [period], strings: ["t/a/1", "attribute", attribute])))
    }

    func stopPolling(_ attribute: String) async throws {
        try await self.test.admin().command("RemObjPolling", .stringArray(["t/a/1", "attribute", attribute]))
    }

    func subscribe(_ member: String?, _ kind: EventKind, version: Int = 6) async throws {
        try await self.listener.subscribe("t/a/1", member, kind, version: version)
    }

    /// Errors of the events of a kind.
    func failures(_ kind: EventKind) -> [String] {
        self.listener.events(kind).compactMap { if case .failure(let failure) = $0.payload { failure.reason.rawValue } else { nil } }
    }

    func numbers(_ kind: EventKind, version: Int? = nil) -> [AttributeData] { self.listener.values(kind, version: version).map(\.data) }
}

/// Events of a server, from the subscription by its admin device to the message.
@Suite struct EventServerTests {
    // MARK: - Subscriptions

    @Test func subscriptionsAreCheckedInTheOrderOfThePeers() async throws {
        try await EventStand.run { stand in
            let admin = try await stand.test.admin()
            try await stand.poll("Plain")
            func refusal(_ command: String, _ arguments: String...) async -> String? {
                await admin.commandFailure(command, .stringArray(arguments)).map { failure in
                    failure.errors.map { "\($0.reason.rawValue): \($0.description)" }.joined(separator: " / ")
                }
            }
            let notPolled = "API_AttributePollingNotStarted: The polling (necessary to send events) for the attribute POLLED is not started"
            let noDevice = "API_DeviceNotFound: Device t/x/1 not found"
            func text(_ name: String) -> String { "Event properties (abs_change or rel_change) for attribute \(name) are not set" }
            let refused: [([String], String)] = [
                (
                    ["t/x/1", "nope", "subscribe", "nothing", "6"],
                    "API_WrongNumberOfArgs: The event type you sent (nothing) is not  valid event type"
                ),
                (["t/x/1", "nope", "subscribe", "change", "6"], "\(noDevice) / \(noDevice)"),
                (["t/a/1", "nope", "subscribe", "user_event", "6"], "API_AttrNotFound: nope attribute not found"),
                (["t/a/1", "nope", "subscribe", "pipe", "6"], "API_PipeNotFound: nope pipe not found"),
                (["T/A/1", "POLLED", "subscribe", "change", "6"], notPolled), (["T/A/1", "POLLED", "", "archive", "6"], notPolled),
                (["T/A/1", "POLLED", "", "periodic"], notPolled), (["T/A/1", "POLLED", "", "alarm", "6"], notPolled),
                (
                    ["t/a/1", "Polled", "", "alarm", "5"],
                    "API_ClientTooOld: Client library version 5 is too old to subscribe to alarm. A client library version of at least 6 is required"
                ),
                (
                    ["t/a/1", "Checked", "", "data_ready", "6"],
                    "API_AttributeNotDataReadyEnabled: The attribute Checked is not data ready event enabled"
                ),
                (["t/a/1", "plain", "", "idl5_change", "6"], "API_EventPropertiesNotSet: \(text("plain"))"),
                (["t/a/1", "Unchecked", "", "change", "6"], "API_EventPropertiesNotSet: \(text("Unchecked"))"),
                (
                    ["t/a/1", "Plain", "", "archive", "6"],
                    "API_EventPropertiesNotSet: Archive event properties (archive_abs_change or archive_rel_change or archive_period) for attribute Plain are not set"
                ),
                (
                    ["t/a/1", "Pushed", "", "periodic", "6"],
                    "API_AttributePollingNotStarted: The polling (necessary to send events) for the attribute Pushed is not started"
                ),
            ]
            for (arguments, expected) in refused {
                let failure = await admin.commandFailure("ZmqEventSubscriptionChange", .stringArray(arguments))
                #expect(
                    failure?.errors.map { "\($0.reason.rawValue): \($0.description)" }.joined(separator: " / ") == expected,
                    "\(arguments)")
            }
            #expect(stand.test.server.context?.events.isUsed == false)
            for (member, kind) in [
                ("Polled", "user_event"), ("Polled", "attr_conf"), ("nope", "intr_change"), ("Plain", "periodic"), ("Plain", "alarm"),
                ("Pushed", "change"), ("Pushed", "archive"), ("Pushed", "alarm"), ("Pushed", "data_ready"), ("Checked", "change"),
                ("State", "change"), ("pipe", "pipe"),
            ] {
                #expect(await refusal("ZmqEventSubscriptionChange", "t/a/1", member, "subscribe", kind, "6") == nil, "\(member) \(kind)")
            }
            #expect(await refusal("ZmqEventSubscriptionChange", "dserver/Test/test", "Status", "", "user_event", "6") == nil)
            #expect(await refusal("ZmqEventSubscriptionChange", "tango://127.0.0.1:1/t/a/1", "Plain", "", "periodic", "6") != nil)

            #expect(await refusal("EventSubscriptionChange", "a")?.hasPrefix("API_WrongNumberOfArgs: Not enough input") == true)
            #expect(await refusal("EventSubscriptionChange", "t/a/1", "POLLED", "subscribe", "change") == notPolled)
            #expect(
                try await admin.command("EventSubscriptionChange", .stringArray(["t/a/1", "Plain", "subscribe", "periodic"])) == .long(1033)
            )
            let wrong =
                "API_WrongNumberOfArgs: Wrong number of input arguments: 3 needed per event: device name, attribute/pipe name and event name\n"
            #expect(await refusal("EventConfirmSubscription", "t/a/1", "Plain") == wrong)
            #expect(await refusal("EventConfirmSubscription") == wrong)
            #expect(await refusal("EventConfirmSubscription", "t/x/1", "Plain", "change") == "\(noDevice) / \(noDevice)")
            #expect(await refusal("EventConfirmSubscription", "t/a/1", "POLLED", "nothing") == notPolled)
            #expect(await refusal("EventConfirmSubscription", "t/a/1", "Plain", "idl5_periodic", "t/a/1", "POLLED", "change") == notPolled)
            #expect(await refusal("EventConfirmSubscription", "t/a/1", "Plain", "idl5_periodic", "t/a/1", "Pushed", "idl5_change") == nil)
        }
    }

    @Test func theEventSystemDescribesItself() async throws {
        try await EventStand.run { stand in
            let (admin, context) = (try await stand.test.admin(), try stand.test.context())
            func report() async throws -> String {
                guard case .string(let text) = try await admin.command("QueryEventSystem") else { return "" }
                return text
            }
            #expect(try await report() == #"{"version":1,"server":{"event_counters":{},"perf":null},"client":null}"#)
            #expect(
                try await admin.command("ZmqEventSubscriptionChange", .stringArray(["info"]))
                    == .longStringArray(LongStringArray(longs: [1033], strings: ["Heartbeat: tcp://127.0.0.1:1", "Event: "])))
            let reply = try await stand.listener.subscribe("T/A/1", "PUSHED", .change, version: 6)
            let host = stand.test.server.context?.hostName ?? ""
            let prefix = "tango://\(host):\(stand.test.server.port)"
            #expect(reply.topic == "\(prefix)/t/a/1/pushed#dbase=no.idl5_change")
            #expect(reply.channel == "\(prefix)/dserver/test/test#dbase=no")
            #expect(reply.endpoints == [.init(heartbeat: "tcp://127.0.0.1:1", event: "tcp://127.0.0.1:2")])
            try await admin.command("EnableEventSystemPerfMon", true)
            for number in [1.0, 2] { try context.push(.change, "pushed", number) }
            let text = try await report()
            #expect(text.hasPrefix(#"{"version":1,"server":{"event_counters":{"\#(prefix)/t/a/1/pushed#dbase=no.change":3},"perf":[{"#))
            #expect(text.contains(#""micros_since_last_event":null,"push_event_micros":"#))
            try await admin.command("EnableEventSystemPerfMon", false)
            #expect(try await report().contains(#""perf":null"#))
        }
    }

    // MARK: - Polling

    @Test func polledValuesAreEvents() async throws {
        try await EventStand.run { stand in
            let device = try await stand.test.device()
            #expect(await device.configFailure("Polled") { $0.events.period = "20" } == nil)
            try await stand.poll("Polled")
            for kind in [EventKind.change, .archive, .periodic, .alarm] { try await stand.subscribe("Polled", kind) }
            try await stand.subscribe("Polled", .change, version: 4)
            // On a busy machine polling is late now and then, which adds an error and the value again: no exact counts.
            func change(_ version: Int) -> AttributeData? { stand.numbers(.change, version: version).last }
            try await eventually { stand.numbers(.periodic).count >= 3 && change(5) == .double([0, 0]) }
            #expect(await device.writeFailure("Polled", .double([1.5])) == nil)
            let written = AttributeData.double([1.5, 1.5])
            try await eventually { change(5) == written && change(4) == written && stand.numbers(.archive).last == written }
            #expect(stand.listener.values(.change, version: 5).allSatisfy { $0.name == "Polled" })

            // Smaller criteria act at once.
            #expect(await device.writeFailure("Polled", .double([2])) == nil)
            #expect(await device.configFailure("Polled") { $0.events.absoluteChange = "0.5" } == nil)
            try await eventually { change(5) == .double([2, 2]) }

            let kinds = [EventKind.change, .archive, .alarm]
            try await device.command("Break", true)
            try await eventually { kinds.allSatisfy { stand.failures($0).contains("Source_Broken") } }
            let before = kinds.map { stand.numbers($0).count }
            try await device.command("Break", false)
            try await eventually { zip(kinds, before).allSatisfy { stand.numbers($0).count > $1 } }

            try await stand.stopPolling("polled")
            for kind in [EventKind.change, .archive, .periodic, .alarm] { #expect(stand.failures(kind).last == "API_PollObjNotFound") }
            guard case .failure(let failure)? = stand.listener.events(.alarm).last?.payload else { return }
            #expect(failure.reasonDescription == "No event possible on attribute Polled. Polling has just being stopped!")
            let stopped = stand.numbers(.change, version: 5).count
            try await stand.poll("Polled")
            try await eventually { stand.numbers(.change, version: 5).count > stopped }
        }
    }

    // MARK: - Pushing

    @Test func pushedValuesAreEvents() async throws {
        try await EventStand.run { stand in
            let context = try stand.test.context()
            #expect(!context.hasSubscribers(.change, attribute: "Pushed"))
            try context.push(.change, "Pushed", 0.5)
            for kind in [EventKind.change, .archive, .user, .alarm, .dataReady] { try await stand.subscribe("Pushed", kind) }
            #expect(context.hasSubscribers(.change, attribute: "PUSHED") && !context.hasSubscribers(.periodic, attribute: "Pushed"))
            for number in [1.0, 1, 200] { try context.push(.change, "pushed", number) }
            #expect(stand.numbers(.change) == [.double([1]), .double([1]), .double([200])])
            #expect(stand.listener.values(.change).map(\.quality) == [.valid, .valid, .alarm])
            #expect(stand.listener.values(.change).allSatisfy { $0.name == "Pushed" })
            #expect(stand.numbers(.alarm) == [.double([1]), .double([200])])
            let time = Timestamp(seconds: 1000, microseconds: 5, nanoseconds: 0)
            try context.push(.archive, "Pushed", 3.0, quality: .changing, time: time)
            let archived = stand.listener.values(.archive).last
            #expect(archived?.data == .double([3]) && archived?.quality == .changing && archived?.time == time)
            try context.push(.change, "Pushed", 3.0, quality: .invalid, time: time)
            let invalid = stand.listener.values(.change).last
            #expect(invalid?.data == AttributeData.none && invalid?.quality == .invalid && invalid?.time == time)
            for _ in 0..<2 { try context.push(.user, attribute: "Pushed", failure: DevFailed("Source_Coil", "broken")) }
            #expect(stand.failures(.user) == ["Source_Coil", "Source_Coil"])
            try context.pushDataReady(attribute: "pushed", counter: 7)
            #expect(
                stand.listener.events(.dataReady).map(\.payload)
                    == [.dataReady(DataReady(attribute: "Pushed", typeNumber: DataType.double.rawValue, counter: 7))])

            try await stand.listener.subscribe("t/a/1", "Pipe", .pipe)
            try context.push(pipe: "pipe", PipeBlob(name: "blob", elements: []))
            guard case .pipe(let value)? = stand.listener.events(.pipe).last?.payload else {
                Issue.record("no pipe")
                return
            }
            #expect(value.name == "Pipe" && value.blob.name == "blob")
        }
    }

    @Test func criteriaDecideOnCheckedPushes() async throws {
        try await EventStand.run { stand in
            let context = try stand.test.context()
            try await stand.subscribe("Checked", .change)
            for number in [1.0, 1.5, 2, 2] { try context.push(.change, "Checked", number) }
            #expect(stand.numbers(.change) == [.double([1]), .double([2])])
            for _ in 0..<2 { try context.push(.change, attribute: "Checked", failure: DevFailed("Source_Coil", "broken")) }
            #expect(stand.failures(.change) == ["Source_Coil"])
        }
    }

    @Test func theStateIsPushedAsItIs() async throws {
        try await EventStand.run { stand in
            let context = try stand.test.context()
            try await stand.subscribe("State", .change)
            context.setState(.moving)
            try context.push(.change, attribute: "STATE")
            #expect(stand.listener.values(.change).map(\.data) == [.state([.moving])] || stand.numbers(.change) == [.deviceState(.moving)])
            let failure = #expect(throws: DevFailed.self) { try context.push(.change, attribute: "Pushed") }
            #expect(failure?.reasonDescription.hasPrefix("Cannot push event for attribute Pushed without data") == true)
        }
    }

    @Test func pushesWhileTheDeviceIsHeldArriveAtOnce() async throws {
        try await EventStand.run { stand in
            let context = try stand.test.context()
            try await stand.subscribe("Pushed", .change)
            try await context.withDevice { (_: Source) in
                try await Task.detached { for number in 1...50 { try context.push(.change, "Pushed", Double(number)) } }.value
                #expect(stand.numbers(.change).count == 50)
            }
            #expect(stand.numbers(.change) == (1...50).map { .double([Double($0)]) })
        }
    }

    // MARK: - Configurations, interfaces, restarts

    @Test func configurationsAndInterfacesAreEvents() async throws {
        try await EventStand.run { stand in
            let (device, context) = (try await stand.test.device(), try stand.test.context())
            try await stand.subscribe("Plain", .attributeConfig)
            try await stand.subscribe("Plain", .attributeConfig, version: 4)
            try await stand.subscribe(nil, .interfaceChange)
            for _ in 0..<2 { #expect(await device.configFailure("Plain") { $0.unit = "V" } == nil) }
            #expect(await device.configFailure("Polled") { $0.unit = "V" } == nil)
            for version in [4, 5] {
                let events = stand.listener.events(.attributeConfig, version: version)
                #expect(events.map(\.counter) == [1, 2])
                guard case .attributeConfig(let config)? = events.last?.payload else { continue }
                #expect(config.name == "Plain" && config.unit == "V")
            }
            try context.addAttribute(Attribute("Added", of: Source.self, Double.self).read { _ in 1 }.definition)
            try await eventually { !stand.listener.events(.interfaceChange).isEmpty }
            guard case .interfaceChange(let change)? = stand.listener.events(.interfaceChange).last?.payload else { return }
            #expect(
                change.attributes.contains { $0.name == "Added" } && !change.isDeviceStarted
                    && change.commands.contains { $0.name == "Break" })
        }
    }

    @Test func subscriptionsOutliveRestarts() async throws {
        try await EventStand.run { stand in
            let admin = try await stand.test.admin()
            try await stand.poll("Polled")
            for (member, kind) in [("Polled", EventKind.change), ("Pushed", .user), ("Polled", .attributeConfig)] {
                try await stand.subscribe(member, kind)
            }
            let info = try await admin.command("ZmqEventSubscriptionChange", .stringArray(["info"]))
            try await eventually { stand.numbers(.change).count == 1 }
            for round in 1...2 {
                if round == 1 { try await admin.command("DevRestart", .string("t/a/1")) } else { try await admin.command("Init") }
                // The first value of the new device.
                if round == 1 { try await eventually { stand.numbers(.change).count == 2 } }
                #expect(stand.listener.events(.attributeConfig).count == round)
                try stand.test.context().push(.user, "Pushed", Double(round))
                #expect(stand.numbers(.user).last == .double([Double(round)]))
            }
            #expect(try await admin.command("ZmqEventSubscriptionChange", .stringArray(["info"])) == info)
        }
    }

    @Test func aRemovedAttributeHasNoEventsUntilItIsSubscribedToAnew() async throws {
        try await EventStand.run { stand in
            let context = try stand.test.context()
            let definition = Attribute("Added", of: Source.self, Double.self).read { _ in 1 }.pushesEvents(.change).definition
            try context.addAttribute(definition)
            try await stand.poll("Added")
            try await stand.subscribe("Added", .change)
            try await eventually { stand.numbers(.change).count == 1 }
            try context.removeAttribute("Added")
            #expect(stand.failures(.change) == ["API_PollObjNotFound"])
            try context.addAttribute(definition)
            try context.push(.change, "Added", 5.0)
            #expect(stand.numbers(.change).count == 1 && !context.hasSubscribers(.change, attribute: "Added"))
            try await stand.subscribe("Added", .change)
            try context.push(.change, "Added", 6.0)
            #expect(stand.numbers(.change).last == .double([6]))
        }
    }
}
