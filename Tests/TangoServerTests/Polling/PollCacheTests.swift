import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Cached reads, histories, and what lasts.
struct PollCacheTests {
    private func run(
        codedPeriod: Duration? = nil, devices: [String] = ["t/a/1"], latch: Latch? = nil,
        _ body: (TestServer) async throws -> Void
    ) async throws {
        try await TestServer.run([PolledDevice.deviceClass(codedPeriod: codedPeriod, latch: latch)], devices: devices, body)
    }

    private func reason(_ device: DeviceProxy, _ name: String, _ source: DevSource) async -> ErrorReason? {
        await failure { _ = try await device.readAttribute(name, source: source) }?.reason
    }

    private func numbers(_ value: AttributeValue) -> [Int32] {
        if case .long(let numbers) = value.data { numbers } else { [] }
    }

    /// A command with a source, as clients send it.
    private func command(_ test: TestServer, _ name: String, _ source: DevSource, version: Int = 4) async -> (CommandData?, DevFailed?) {
        do {
            let identity: ClientIdentity? = version >= 4 ? .cpp(pid: 1) : nil
            let result = try await test.call(.command(name, .void, source: source, identity: identity, version: version))
            if case .command(let data) = result { return (data, nil) }
        } catch TransportError.user(.devFailed(let failed)) {
            return (nil, failed)
        } catch {}
        return (nil, nil)
    }

    // MARK: - Sources

    @Test func onlyTheCacheIsReadWhenTheClientSaysSo() async throws {
        try await self.run { test in
            let device = try await test.device()
            var failed = await failure { _ = try await device.readAttribute("level", source: .cache) }
            #expect(failed?.reason == .attributeNotPolled && failed?.reasonDescription == "Attribute Level not polled")
            #expect(await self.reason(device, "nosuch", .cache) == .attributeNotFound)
            try await test.poll("attribute", "Level", 0)
            failed = await failure { _ = try await device.readAttribute("level", source: .cache) }
            #expect(failed?.reason == "API_NoDataYet" && failed?.reasonDescription == "No data available in cache for attribute Level")
            try await test.poll("attribute", "Failing", 20)
            try await test.records(1, of: "Failing")
            #expect(await self.reason(device, "failing", .cache) == "Test_Read")
            #expect(await self.reason(device, "other", .cache) == .attributeNotPolled)
        }
    }

    @Test func theCacheIsPreferredAndTheDeviceIsReadForTheRest() async throws {
        try await self.run { test in
            let device = try await test.device()
            try await test.poll("attribute", "Level", 100_000)
            try await test.poll("attribute", "Failing", 100_000)
            try await test.records(1, of: "Failing")
            try await test.records(1, of: "Level")
            let cached = try await device.readAttribute("LEVEL")
            let mixed = try await device.readAttributes(["level", "other", "failing", "nosuch", "Level"])
            #expect(mixed[0] == cached && mixed[4] == cached && cached.name == "Level")
            #expect(self.numbers(mixed[1]) == [7])
            #expect(mixed[2].failure?.reason == "Test_Read" && mixed[2].quality == .invalid && mixed[2].name == "Failing")
            #expect(mixed[3].failure?.reason == .attributeNotFound)
            #expect(self.numbers(try await device.readAttribute("level", source: .device))[0] > self.numbers(cached)[0])
            #expect(try await device.readAttribute("level", source: .cache) == cached)
        }
    }

    @Test func cachedValuesAreThoseOfThePoll() async throws {
        try await self.run { test in
            let device = try await test.device()
            try await test.poll("attribute", "Target", 100_000)
            try await test.poll("attribute", "Row", 100_000)
            try await test.records(1, of: "Target")
            try await test.records(1, of: "Row")
            try await device.writeAttribute(AttributeWrite(name: "Target", data: .double([9])))
            let cached = try await device.readAttribute("Target")
            #expect(cached.data == .double([1.5, 0]) && cached.writeDimension == .scalar, "value and set value of then")
            #expect(try await device.readAttribute("Target", source: .device).data == .double([9, 9]))
            #expect(try await device.readAttribute("Row", source: .cache).readDimension.x == 3)
            let history = try await device.attributeHistory("Target", count: 1)
            #expect(history.values.first?.data == .double([1.5, 0]))
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5]) func everyFormOfReadingUsesTheCache(version: Int) async throws {
        try await self.run { test in
            try await test.poll("attribute", "Level", 100_000)
            try await test.records(1, of: "Level")
            let identity: ClientIdentity? = version >= 4 ? .cpp(pid: 1) : nil
            for source in version == 1 ? [DevSource.cacheDevice] : [.cache, .cacheDevice] {
                let result = try await test.call(.readAttributes(["Level"], source: source, identity: identity, version: version))
                guard case .attributeValues(let values) = result else { return }
                #expect(values.map { self.numbers($0) } == [[1]])
            }
            if version > 1 {
                let unknown = await failure {
                    let result = try await test.call(.readAttributes(["Other"], source: .cache, identity: identity, version: version))
                    if case .attributeValues(let values) = result, let failed = values.first?.failure { throw failed }
                }
                let call = DeviceCall.readAttributes(["Other"], source: .cache, identity: identity, version: version)
                let reason =
                    if case .user(.devFailed(let failed))? = await test.failure(call) { failed.reason } else { unknown?.reason }
                #expect(reason == .attributeNotPolled)
            }
        }
    }

    @Test func commandsHaveACacheToo() async throws {
        try await self.run { test in
            for version in [2, 4] {
                var failed = await self.command(test, "Run", .cache, version: version).1
                #expect(failed?.reason == .commandNotPolled && failed?.reasonDescription == "Command Run not polled")
                failed = await self.command(test, "NoSuch", .cache, version: version).1
                #expect(failed?.reason == .commandNotFound && failed?.reasonDescription == "Command nosuch not found")
                failed = await self.command(test, "Echo", .cache, version: version).1
                #expect(failed?.reason == .incompatibleCommandArgument)
            }
            try await test.poll("command", "Nothing", 0)
            let failed = await self.command(test, "nothing", .cache).1
            #expect(failed?.reason == "API_NoDataYet" && failed?.reasonDescription == "No data available in cache for command Nothing")
            #expect(await self.command(test, "nothing", .cacheDevice).0 == .void)
            for name in ["Run", "Fail"] { try await test.poll("command", name, 100_000) }
            let device = try await test.device()
            for name in ["Run", "Fail"] { try await eventually { (try? await device.commandHistory(name, count: 1).count) == 1 } }
            for version in [2, 4] {
                #expect(await self.command(test, "rUN", .cache, version: version).0 == .long(1))
                #expect(await self.command(test, "run", .cacheDevice, version: version).0 == .long(1))
                #expect(await self.command(test, "Fail", .cache, version: version).1?.reason == "Test_Run")
            }
            #expect(await self.command(test, "run", .device).0 == .long(2))
            #expect(await self.command(test, "run", .cacheDevice).0 == .long(1))
        }
    }

    @Test func stateAndStatusAreCachedAsCommandsAndAttributes() async throws {
        try await self.run { test in
            let device = try await test.device()
            try await test.poll("command", "Status", 100_000)
            try await test.poll("attribute", "state", 100_000)
            try await test.records(1, of: "State")
            try await test.records(1, of: "Status")
            #expect(await self.command(test, "SetState", .device).1 != nil, "needs an argument")
            try await device.command("SetState", .state(.fault))
            #expect(await self.command(test, "state", .cache).0 == .state(.on))
            #expect(await self.command(test, "Status", .cacheDevice).0 == .string("The device is in ON state."))
            #expect(try await device.readAttribute("State", source: .cache).data == .deviceState(.on))
            #expect(await self.command(test, "State", .device).0 == .state(.fault))
            #expect(try await device.state() == .fault, "the attribute of the interface is not cached")
            let history = try await device.commandHistory("State", count: 5)
            // On a busy machine the first poll of Status reads State as well, which then is polled once more.
            #expect(!history.isEmpty && history.allSatisfy { $0.result == .state(.on) })
            #expect(try await device.commandHistory("Status", count: 5).map(\.result) == [.string("The device is in ON state.")])
            #expect(try await device.attributeHistory("State", count: 5).values.count == history.count)
            try await test.stopPolling("command", "State")
            #expect(await self.reason(device, "State", .cache) == .attributeNotPolled)
        }
    }

    @Test func recordsGoOffAfterSomePeriodsAlsoWithoutADatabase() async throws {
        try await self.run { test in
            let device = try await test.device()
            let runtime = try test.context().runtime
            try await runtime.database.putProperties([(name: "poll_old_factor", values: ["1000"])])
            try await test.poll("attribute", "Level", 20)
            try await test.poll("command", "Run", 20)
            try await test.admin().command("DevRestart", .string("t/a/1"))
            try await test.records(1, of: "Level")
            try await eventually { (try? await device.commandHistory("Run", count: 1).count) == 1 }
            try await test.admin().command("StopPolling")
            try await Task.sleep(for: .milliseconds(150))
            #expect(await self.reason(device, "Level", .cache) == nil, "within 1000 periods")
            let restarted = try test.context().runtime
            try await restarted.database.putProperties([(name: "poll_old_factor", values: ["1"])])
            restarted.persistentState.polling?.restart(PollSettings(restarted.configuration))
            await restarted.pollConfiguration.configure(readsProperties: false)
            #expect(await self.reason(device, "Level", .cache) == "API_NoDataYet")
            try await test.admin().command("StartPolling")
            try await test.records(1, of: "Level")
            try await eventually { (try? await device.commandHistory("Run", count: 1).count) == 1 }
            try await test.admin().command("StopPolling")
            try await eventually { await self.reason(device, "Level", .cache) == "API_NotUpdatedAnyMore" }
            let failed = await failure { _ = try await device.readAttribute("Level", source: .cache) }
            #expect(failed?.reasonDescription == "Data in cache for attribute Level not updated any more")
            try await eventually { await self.command(test, "Run", .cache).1?.reason == "API_NotUpdatedAnyMore" }
            #expect(
                await self.command(test, "run", .cache).1?.reasonDescription == "Data in cache for command Run not updated any more")
            #expect(await self.reason(device, "Level", .cacheDevice) == nil)
            #expect(await self.command(test, "Run", .cacheDevice).0 != nil)
        }
    }

    @Test func cachedReadsDoNotWaitForABusyDevice() async throws {
        let latch = Latch()
        defer { latch.open() }
        try await self.run(devices: ["t/busy/1"], latch: latch) { test in
            let device = try await test.device("t/busy/1")
            try await test.poll("attribute", "Level", 100_000, of: "t/busy/1")
            try await test.records(1, of: "Level", device: "t/busy/1")
            let hanging = Task { try await device.readAttribute("Hanging", source: .device) }
            try await eventually { try await device.blackBox(1).first?.contains("Hanging") == true }
            #expect(self.numbers(try await device.readAttribute("Level")) == [1])
            #expect(self.numbers(try await device.readAttribute("Level", source: .cache)) == [1])
            #expect(try await device.blackBox(1).first?.contains("read_attributes_5 (Level) from cache requested from localhost") == true)
            latch.open()
            _ = try await hanging.value
        }
    }

    // MARK: - Histories

    @Test func historiesTellTheLastRecordsOldestFirst() async throws {
        try await self.run { test in
            let device = try await test.device()
            try await test.poll("attribute", "Level", 5)
            try await test.records(10, of: "Level")
            let values = try await device.attributeHistory("LEVEL", count: 100).values.map { self.numbers($0)[0] }
            #expect(values == Array(values[0]..<(values[0] + 10)))
            #expect(try await device.attributeHistory("Level", count: 3).values.count == 3)
            #expect(try await device.attributeHistory("Level", count: 0).values.isEmpty)
            let failed = await failure { _ = try await device.attributeHistory("Level", count: -1) }
            #expect(failed?.reason == "API_MemoryAllocation")
            for version in [2, 3, 4, 5] {
                guard case .attributeHistory(let history) = try await test.call(.attributeHistory("Level", count: 2, version: version))
                else { return }
                #expect(history.values.count == 2 && history.values[0].time < history.values[1].time, "version \(version)")
                #expect(self.numbers(history.values[0])[0] < self.numbers(history.values[1])[0])
            }
            try await test.poll("command", "Run", 5)
            try await eventually { (try? await device.commandHistory("Run", count: 100).count) == 10 }
            for version in [2, 4] {
                guard case .commandHistory(let history) = try await test.call(.commandHistory("rUN", count: 2, version: version))
                else { return }
                #expect(history.records.count == 2 && history.type == .long, "version \(version)")
            }
        }
    }

    @Test func failedRecordsHaveTheirErrors() async throws {
        try await self.run { test in
            let device = try await test.device()
            for name in ["Failing", "Invalid"] { try await test.poll("attribute", name, 5) }
            try await test.poll("command", "Fail", 5)
            try await test.records(2, of: "Failing")
            try await test.records(2, of: "Invalid")
            for value in try await device.attributeHistory("failing", count: 2).values {
                #expect(value.failure?.reason == "Test_Read" && value.quality == .invalid && value.data == .none && value.name == "Failing")
            }
            for value in try await device.attributeHistory("invalid", count: 2).values {
                #expect(value.failure == nil && value.quality == .invalid && value.data == .none)
            }
            try await eventually { (try? await device.commandHistory("fail", count: 2).count) == 2 }
            #expect(try await device.commandHistory("fail", count: 2).allSatisfy { $0.errors.first?.reason == "Test_Run" })
        }
    }

    @Test func aMissingHistoryHasAReason() async throws {
        try await self.run { test in
            let device = try await test.device()
            func attribute(_ name: String) async -> DevFailed? {
                await failure { _ = try await device.attributeHistory(name, count: 2) }
            }
            func command(_ name: String) async -> DevFailed? { await failure { _ = try await device.commandHistory(name, count: 2) } }
            #expect(await attribute("nosuch")?.reason == .attributeNotFound)
            #expect(await attribute("level")?.reasonDescription == "Attribute Level not polled")
            #expect(await command("NoSuch")?.reasonDescription == "Command nosuch not found")
            #expect(await command("State")?.reasonDescription == "Command state not polled")
            #expect(await command("Echo")?.reason == .incompatibleCommandArgument)
            try await test.poll("attribute", "Level", 0)
            try await test.poll("command", "Run", 0)
            #expect(await attribute("level")?.reason == "API_NoDataYet")
            #expect(await command("run")?.reason == "API_NoDataYet")
            try await test.poll("command", "Nothing", 5)
            try await eventually { (try? await device.commandHistory("Nothing", count: 2).count) == 2 }
            #expect(try await device.commandHistory("Nothing", count: 2).map(\.result) == [.void, .void])
        }
    }

    // MARK: - Triggered polling

    @Test func theDevicesCodePollsWhatHasNoPeriod() async throws {
        try await self.run { test in
            let context = try test.context()
            let device = try await test.device()
            var failed = await failure { try await context.triggerPolling(attribute: "Level") }
            #expect(failed?.reason == "API_PollObjNotFound")
            failed = await failure { try await context.triggerPolling(attribute: "nosuch") }
            #expect(failed?.reason == .attributeNotFound)
            try await context.startPolling(attribute: "Level", every: .zero)
            try await context.startPolling(command: "Run", every: .zero)
            #expect(context.isPolled(attribute: "lEVEL") && context.pollingPeriod(ofAttribute: "Level") == .zero)
            try await context.triggerPolling(attribute: "level")
            try await context.triggerPolling(command: "run")
            #expect(self.numbers(try await device.readAttribute("Level", source: .cache)) == [1])
            #expect(try await device.commandHistory("Run", count: 9).map(\.result) == [.long(2)])
            try await context.startPolling(attribute: "Level", every: .seconds(100))
            #expect(context.pollingPeriod(ofAttribute: "level") == .seconds(100))
            failed = await failure { try await context.triggerPolling(attribute: "Level") }
            #expect(failed?.reason == .notSupported)
            #expect(failed?.reasonDescription == "Polling for attribute Level (device t/a/1)  is not externally triggered.")
            failed = await failure { try context.fillCache(attribute: "Level", with: []) }
            #expect(failed?.reason == .notSupported)
            try await context.stopPolling(attribute: "Level")
            try await context.stopPolling(command: "Run")
            #expect(!context.isPolled(attribute: "Level") && !context.isPolled(command: "Run"))
            failed = await failure { try await context.stopPolling(attribute: "Level") }
            #expect(failed?.reason == "API_PollObjNotFound")
        }
    }

    @Test func theDevicesCodeFillsTheCacheItself() async throws {
        try await self.run { test in
            let context = try test.context()
            let device = try await test.device()
            try await context.startPolling(attribute: "Target", every: .zero)
            try await context.startPolling(command: "Run", every: .zero)
            let time = Timestamp(seconds: 1000, microseconds: 5)
            try context.fillCache(
                attribute: "target",
                with: [
                    .success(AttributeReading(.double([3]), dimension: .scalar, time: time)), .failure(DevFailed("Test_Fill", "no value")),
                    .success(AttributeReading(.double([4]), dimension: .scalar, quality: .alarm, time: time)),
                ])
            let values = try await device.attributeHistory("Target", count: 9).values
            #expect(values.map(\.data) == [.double([3, 0]), .none, .double([4, 0])])
            #expect(values[0].time == time && values[1].failure?.reason == "Test_Fill" && values[2].quality == .alarm)
            #expect(try await device.readAttribute("Target", source: .cache) == values[2])
            #expect(context.runtime.pollCache.quality(ofAttribute: "target") == .alarm)
            #expect(try await test.pollStatus().last?.contains("\nThe polling buffer is externally filled in") == true)
            try context.fillCache(
                command: "run",
                with: [CommandHistoryRecord(time: time, result: .long(5)), CommandHistoryRecord(time: time, result: .long(6))])
            #expect(try await device.commandHistory("Run", count: 9).map(\.result) == [.long(5), .long(6)])
            #expect(await self.command(test, "Run", .cache).0 == .long(6))
        }
    }

    // MARK: - What lasts

    @Test func pollingOutlivesTheObjectAndTheDevices() async throws {
        try await self.run { test in
            try await test.poll("attribute", "Level", 10)
            try await test.poll("command", "Run", 30_000)
            try await test.poll("attribute", "Other", 0)
            try await test.records(3, of: "Level")
            for command in [("DevRestart", CommandData.string("t/a/1")), ("Init", .void)] {
                try await test.admin().command(command.0, command.1)
                let heads = try await test.pollStatus().map { $0.split(separator: "\n").prefix(2).joined(separator: " ") }
                #expect(
                    heads == [
                        "Polled command name = Run Polling period (mS) = 30000", "Polled attribute name = Level Polling period (mS) = 10",
                        "Polled attribute name = Other Polling externally triggered",
                    ])
                try await test.records(3, of: "Level")
            }
            try await test.device().command("Init")
            #expect(try await test.pollStatus().count == 3)
        }
    }

    @Test func aPollUnderWayDoesNotSurviveItsDevice() async throws {
        let latch = Latch()
        try await self.run(devices: ["t/under/1"], latch: latch) { test in
            let device = try await test.device("t/under/1")
            try await test.poll("attribute", "Hanging", 10, of: "t/under/1")
            try await test.poll("attribute", "Level", 20, of: "t/under/1")
            try await eventually {
                (try? await device.blackBox(1))?.first?.contains("(hanging) from device requested from polling") == true
            }
            async let restart: Void = { _ = try await test.admin().command("DevRestart", .string("t/under/1")) }()
            try await Task.sleep(for: .milliseconds(50))
            latch.open()
            try await restart
            try await test.records(2, of: "Level", device: "t/under/1")
            try await test.records(2, of: "Hanging", device: "t/under/1")
        }
    }

    @Test func whatIsPolledIsInTheProperties() async throws {
        try await self.run(codedPeriod: .milliseconds(250)) { test in
            let runtime = try test.context().runtime
            func property(_ name: String) -> [String]? { runtime.configuration.properties[name] }
            #expect(property("polled_attr") == ["coded", "250"], "what the code polls is in it too")
            try await test.poll("attribute", "LEVEL", 300)
            try await test.poll("command", "State", 400)
            try await test.poll("command", "Run", 500)
            #expect(property("polled_attr") == ["coded", "250", "level", "300", "state", "400"])
            #expect(property("polled_cmd") == ["run", "500"])
            try await test.poll("attribute", "Level", 0, command: "UpdObjPollingPeriod")
            #expect(property("polled_attr") == ["coded", "250", "level", "0", "state", "400"])
            for name in ["Level", "State", "Coded"] { try await test.stopPolling("attribute", name) }
            try await test.stopPolling("command", "Run")
            #expect(property("polled_attr") == nil && property("polled_cmd") == nil)
            #expect(property("non_auto_polled_attr") == ["coded"])
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await test.pollStatus().isEmpty, "the operator stopped it")
            try await test.poll("attribute", "Coded", 600)
            let restarted = try test.context().runtime
            #expect(restarted.configuration.properties["non_auto_polled_attr"] == nil)
            #expect(restarted.configuration.properties["polled_attr"] == ["coded", "600"])
        }
    }

    @Test func membersAddedAndRemovedAtRunTimeArePolledAndNot() async throws {
        try await self.run { test in
            let context = try test.context()
            let dynamic = AttributeDefinition(
                name: "Dynamic", type: .long, reader: .sync { _ in AttributeReading(.long([5]), dimension: .scalar) })
            try context.addAttribute(dynamic)
            try await test.poll("attribute", "Dynamic", 20)
            try await test.records(1, of: "Dynamic")
            try context.removeAttribute("dynamic", keepsProperties: true)
            #expect(try await test.pollStatus().isEmpty)
            #expect(context.runtime.configuration.properties["polled_attr"] == ["dynamic", "20"], "kept for when it comes again")
            try context.addAttribute(dynamic)
            try await test.records(1, of: "Dynamic")
            try context.removeAttribute("Dynamic")
            try await eventually { context.runtime.configuration.properties["polled_attr"] == nil }
            #expect(try await test.pollStatus().isEmpty)

            var coded = dynamic
            coded.name = "CodedDynamic"
            coded.pollingPeriod = .milliseconds(20)
            try context.addAttribute(coded)
            try await test.records(1, of: "CodedDynamic")
            let command = CommandDefinition(
                CommandInfo(name: "Later", inType: .void, outType: .long), handler: .sync { _, _ in .long(1) },
                pollingPeriod: .milliseconds(20))
            try context.addCommand(command)
            let device = try await test.device()
            try await eventually { (try? await device.commandHistory("Later", count: 1).count) == 1 }
            try context.removeCommand("Later")
            #expect(try await test.pollStatus().map { $0.split(separator: "\n")[0] } == ["Polled attribute name = CodedDynamic"])
        }
    }

    @Test func aDeviceWithoutPollingHasNoneOfIt() async throws {
        try await self.run { test in
            let runtime = try test.context().runtime
            #expect(runtime.persistentState.polling == nil && !runtime.pollConfiguration.isPolled)
            #expect(self.numbers(try await test.device().readAttribute("Other")) == [7])
            #expect(runtime.persistentState.polling == nil)
        }
    }
}
