import Logging
import NIOPosix
import Synchronization
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// What a database says, late, of attributes added to a running device.
@Suite struct AddedConfigurationTests {
    /// A database that answers when it is let.
    private final class SlowStorage: DeviceStorage {
        private let attributes: Mutex<[String: [String: [String]]]>
        private let isOpen = Atomic<Bool>(false)
        private let isAway = Atomic<Bool>(false)
        private let requestCount = Atomic<Int>(0)
        private let isRefusing = Atomic<Bool>(false)

        init(_ attributes: [String: [String: [String]]]) {
            self.attributes = Mutex(attributes)
        }

        func setAway(_ isAway: Bool) { self.isAway.store(isAway, ordering: .relaxed) }

        /// Requests for properties of attributes.
        var requests: Int { self.requestCount.load(ordering: .relaxed) }

        func open() { self.isOpen.store(true, ordering: .relaxed) }

        /// Refuses all properties from now on.
        func refuse() { self.isRefusing.store(true, ordering: .relaxed) }

        func kept(_ attribute: String) -> [String: [String]] { self.attributes.withLock { $0[attribute] ?? [:] } }

        func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
            async throws(DevFailed)
        {
            if self.isRefusing.load(ordering: .relaxed) { throw DevFailed("DB_SQLError", "refused") }
            self.attributes.withLock { for (name, values) in properties { $0[attribute.tangoFolded, default: [:]][name] = values } }
        }

        func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
            self.attributes.withLock { for name in names { $0[attribute.tangoFolded]?[name] = nil } }
        }

        func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {}
        func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {}
        func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { [:] }

        func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed) {
            self.attributes.withLock { $0[attribute.tangoFolded] = nil }
        }

        func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
            -> [String: StoredAttributeProperties]?
        {
            self.requestCount.add(1, ordering: .relaxed)
            if self.isAway.load(ordering: .relaxed) { throw DevFailed(.cantConnectToDatabase, "away") }
            let names = attributes.map(\.tangoFolded)
            let found = Dictionary(names.map { ($0, StoredAttributeProperties(device: self.kept($0))) }, uniquingKeysWith: { $1 })
            while !self.isOpen.load(ordering: .relaxed) { try? await Task.sleep(for: .milliseconds(1)) }
            return found
        }
    }

    private static let definition = AttributeDefinition(
        name: "Late", type: .double, access: .readWrite,
        reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) }, writer: .sync { _, _ in })

    private func start(_ storage: SlowStorage) async throws -> DeviceRuntime {
        let log = ServerLog(
            serverID: "Added/test", verbosity: 0, usesDatabase: false, system: nil, fallback: Logger(label: "added"))
        let server = ServerContext(
            serverID: "Added/test", hostName: "localhost", eventLoops: MultiThreadedEventLoopGroup.singleton, pool: .shared,
            log: log, storage: storage)
        let runtime = DeviceRuntime(
            name: try DeviceName("t/a/1"), classRuntime: ClassRuntime(BenchDevice.deviceClass()), server: server,
            configuration: DeviceConfiguration(), gate: Gate())
        await runtime.complete()
        return runtime
    }

    @Test func whatAClientConfiguresMeanwhileIsNotOverwritten() async throws {
        let storage = SlowStorage(["late": ["label": ["Old"], "unit": ["mm"]]])
        let runtime = try await self.start(storage)
        try runtime.interface.add(Self.definition)
        try await runtime.database.change(.attribute("Late"), [(name: "label", values: ["New"])])
        storage.open()
        await runtime.database.waitForPendingWrites()
        let config = try #require(runtime.attribute("late")).config
        #expect(config.label == "New" && config.unit == "mm")
        // After another request the database counts again.
        try runtime.interface.removeAttribute("Late", keepsProperties: true)
        try await storage.putAttributeProperties("t/a/1", attribute: "late", [(name: "label", values: ["Newest"])])
        try runtime.interface.add(Self.definition)
        await runtime.database.waitForPendingWrites()
        #expect(try #require(runtime.attribute("late")).config.label == "Newest")
    }

    @Test func removedBeforeItWasReadItLeavesNothingInTheDatabase() async throws {
        let storage = SlowStorage(["late": ["label": ["Old"], "unit": ["mm"]], "other": ["label": ["Other"]]])
        let runtime = try await self.start(storage)
        try runtime.interface.add(Self.definition)
        try runtime.interface.removeAttribute("Late", keepsProperties: false)
        storage.open()
        await runtime.database.waitForPendingWrites()
        #expect(storage.kept("late").isEmpty && !storage.kept("other").isEmpty)
        // And nothing of it in the device: a new one begins anew.
        try runtime.interface.add(Self.definition)
        await runtime.database.waitForPendingWrites()
        #expect(try #require(runtime.attribute("late")).config.label == "Late")
    }

    @Test func removedToComeAgainItKeepsWhatTheDatabaseHas() async throws {
        let storage = SlowStorage(["late": ["label": ["Old"]]])
        let runtime = try await self.start(storage)
        try runtime.interface.add(Self.definition)
        try runtime.interface.removeAttribute("Late", keepsProperties: true)
        storage.open()
        await runtime.database.waitForPendingWrites()
        #expect(storage.kept("late") == ["label": ["Old"]])
    }

    @Test func theRootOfAForwardedAttributeIsThatOfTheDatabaseAsItIs() async throws {
        let storage = SlowStorage(["through": ["__root_att": ["t/root/1/Value"]]])
        let runtime = try await self.start(storage)
        storage.open()
        try runtime.interface.add(AttributeDefinition.forwarded("Through"))
        await runtime.database.waitForPendingWrites()
        // There is no such device, but that it was looked for shows.
        #expect(runtime.members.forwardingErrorText.contains("t/root/1/Value"), "\(runtime.members.forwardingErrorText)")
    }

    /// What the database says of an added attribute counts as soon as it can be read.
    @Test func propertiesThatCouldNotBeReadAreReadLater() async throws {
        let storage = SlowStorage(["late": ["label": ["Stored"], "max_value": ["5"]]])
        storage.open()
        storage.setAway(true)
        let runtime = try await self.start(storage)
        try runtime.interface.add(Self.definition)
        await runtime.database.waitForPendingWrites()
        #expect(try #require(runtime.attribute("late")).config.label == "Late")
        #expect(runtime.status.hasSuffix("\nProperties not read from the database yet: Late"))
        storage.setAway(false)
        try await eventually { runtime.attribute("late")?.config.label == "Stored" }
        try await eventually { !runtime.status.contains("not read") }
        #expect(try #require(runtime.attribute("late")).config.maxValue == "5")
    }

    /// Attributes added one after the other are read with one request, and not before what was to be stored at that time.
    @Test func aBurstIsReadWithOneRequest() async throws {
        let storage = SlowStorage(["late99": ["label": ["Stored"]], "late7": ["label": ["Old"]]])
        let runtime = try await self.start(storage)
        func add(_ number: Int) throws {
            try runtime.interface.add(
                AttributeDefinition(
                    name: "Late\(number)", type: .double, reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) }))
        }
        // The first request is under way while the others are added.
        try add(-1)
        try await eventually { storage.requests == 1 }
        for number in 0..<100 { try add(number) }
        storage.open()
        await runtime.database.waitForPendingWrites()
        #expect(storage.requests == 2)
        #expect(try #require(runtime.attribute("late99")).config.label == "Stored")
        // Removed and added again: what was stored of it is deleted before it is read.
        try runtime.interface.removeAttribute("Late7", keepsProperties: false)
        try add(7)
        await runtime.database.waitForPendingWrites()
        #expect(try #require(runtime.attribute("late7")).config.label == "Late7")
    }

    // MARK: - Refused by the database

    /// A configuration that the database refuses does not stay in force.
    @Test func aConfigurationThatTheDatabaseRefusesIsThatOfBefore() async throws {
        let storage = SlowStorage(["late": ["label": ["Stored"]]])
        storage.open()
        let runtime = try await self.start(storage)
        try runtime.interface.add(Self.definition)
        await runtime.database.waitForPendingWrites()
        let observed = Observed(runtime)
        var config = try #require(runtime.attribute("late")).config
        config.label = "Refused"
        config.alarm.maxAlarm = "0.5"
        storage.refuse()
        let outcome = await OperationRunner.run(ConfigureOperation(configs: [config], version: 5), on: runtime)
        #expect(throws: DevFailed.self) { try outcome.get() }
        let now = try #require(runtime.attribute("late"))
        #expect(now.config.label == "Stored" && now.config.alarm.maxAlarm == "Not specified" && !now.hasAlarms)
        #expect(observed.configs.isEmpty, "nobody heard of it")
    }

    // MARK: - What observers see

    /// The interface is announced when the properties of an added attribute are known, with the configuration that they give it.
    @Test func theAnnouncementCarriesWhatTheDatabaseSays() async throws {
        let storage = SlowStorage(["late": ["label": ["Stored"]]])
        let runtime = try await self.start(storage)
        let observed = Observed(runtime)
        try runtime.interface.add(Self.definition)
        try await Task.sleep(for: .milliseconds(200))
        #expect(observed.interfaces.isEmpty, "the database has not answered yet")
        storage.open()
        await runtime.database.waitForPendingWrites()
        try await eventually { !observed.interfaces.isEmpty }
        #expect(observed.interfaces.count == 1)
        #expect(observed.interfaces[0].first { $0.name == "Late" }?.label == "Stored")
    }

    /// Clients that know the attribute already see that the database has changed its configuration.
    @Test func theChangedConfigurationIsSent() async throws {
        let storage = SlowStorage(["late": ["label": ["Stored"]]])
        let runtime = try await self.start(storage)
        let observed = Observed(runtime)
        try runtime.interface.add(Self.definition)
        storage.open()
        await runtime.database.waitForPendingWrites()
        #expect(observed.configs.map(\.label) == ["Stored"])
    }

    /// Several attributes added one after the other are announced together, with the last answer of the database.
    @Test func aBurstIsAnnouncedOnce() async throws {
        let storage = SlowStorage(["a": ["label": ["A"]], "b": ["label": ["B"]]])
        let runtime = try await self.start(storage)
        let observed = Observed(runtime)
        for name in ["a", "b"] {
            try runtime.interface.add(
                AttributeDefinition(name: name, type: .double, reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) }))
        }
        storage.open()
        await runtime.database.waitForPendingWrites()
        try await eventually { !observed.interfaces.isEmpty }
        try await Task.sleep(for: .milliseconds(200))
        #expect(observed.interfaces.count == 1)
        #expect(observed.interfaces[0].filter { ["a", "b"].contains($0.name) }.map(\.label) == ["A", "B"])
    }

    /// The changes of a device, as its server's observers see them.
    private final class Observed: Sendable {
        private let changes: Mutex<[DeviceChange]> = Mutex([])

        init(_ runtime: DeviceRuntime) {
            _ = runtime.server.changes.observe { [weak self] _, change in self?.changes.withLock { $0.append(change) } }
        }

        var interfaces: [[AttributeConfig]] {
            self.changes.withLock { $0 }.compactMap { change in
                if case .interface(_, let attributes, _) = change { attributes } else { nil }
            }
        }

        var configs: [AttributeConfig] {
            self.changes.withLock { $0 }.compactMap { change in
                if case .attributeConfig(let config) = change { config } else { nil }
            }
        }
    }
}
