import Logging
import NIOPosix
import Synchronization
import TangoCore
import Testing

@testable import TangoServer

/// What a database says, late, of attributes added to a running device.
@Suite struct AddedConfigurationTests {
    /// A database that answers when it is let.
    private final class SlowStorage: DeviceStorage {
        private let attributes: Mutex<[String: [String: [String]]]>
        private let isOpen = Atomic<Bool>(false)

        init(_ attributes: [String: [String: [String]]]) {
            self.attributes = Mutex(attributes)
        }

        func open() { self.isOpen.store(true, ordering: .relaxed) }

        func kept(_ attribute: String) -> [String: [String]] { self.attributes.withLock { $0[attribute] ?? [:] } }

        func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
            async throws(DevFailed)
        {
            self.attributes.withLock { for (name, values) in properties { $0[attribute.tangoFolded, default: [:]][name] = values } }
        }

        func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
            self.attributes.withLock { for name in names { $0[attribute.tangoFolded]?[name] = nil } }
        }

        func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {}
        func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) {}
        func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { [:] }

        func properties(ofAttribute attribute: String, device: String, deviceClass: String) async throws(DevFailed)
            -> StoredAttributeProperties?
        {
            let found = StoredAttributeProperties(device: self.kept(attribute.tangoFolded))
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
        try runtime.add(Self.definition)
        try await runtime.changeProperties(ofAttribute: "Late", [(name: "label", values: ["New"])])
        storage.open()
        await runtime.databaseIsTold()
        let config = try #require(runtime.attribute("late")).config
        #expect(config.label == "New" && config.unit == "mm")
        // Asked again, the database counts again.
        try runtime.removeAttribute("Late", keepsProperties: true)
        try await storage.putAttributeProperties("t/a/1", attribute: "late", [(name: "label", values: ["Newest"])])
        try runtime.add(Self.definition)
        await runtime.databaseIsTold()
        #expect(try #require(runtime.attribute("late")).config.label == "Newest")
    }

    @Test func removedBeforeItWasReadItLeavesNothingInTheDatabase() async throws {
        let storage = SlowStorage(["late": ["label": ["Old"], "unit": ["mm"]], "other": ["label": ["Other"]]])
        let runtime = try await self.start(storage)
        try runtime.add(Self.definition)
        try runtime.removeAttribute("Late", keepsProperties: false)
        storage.open()
        await runtime.databaseIsTold()
        #expect(storage.kept("late").isEmpty && !storage.kept("other").isEmpty)
        // And nothing of it in the device: a new one begins anew.
        try runtime.add(Self.definition)
        await runtime.databaseIsTold()
        #expect(try #require(runtime.attribute("late")).config.label == "Late")
    }

    @Test func removedToComeAgainItKeepsWhatTheDatabaseHas() async throws {
        let storage = SlowStorage(["late": ["label": ["Old"]]])
        let runtime = try await self.start(storage)
        try runtime.add(Self.definition)
        try runtime.removeAttribute("Late", keepsProperties: true)
        storage.open()
        await runtime.databaseIsTold()
        #expect(storage.kept("late") == ["label": ["Old"]])
    }

    @Test func theRootOfAForwardedAttributeIsThatOfTheDatabaseAsItIs() async throws {
        let storage = SlowStorage(["through": ["__root_att": ["t/root/1/Value"]]])
        let runtime = try await self.start(storage)
        storage.open()
        try runtime.add(AttributeDefinition.forwarded("Through"))
        await runtime.databaseIsTold()
        // There is no such device, but that it was looked for shows.
        #expect(runtime.forwardingErrorText.contains("t/root/1/Value"), "\(runtime.forwardingErrorText)")
    }
}
