import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// What is acknowledged is stored, what is refused is not done: every operation that changes memory and database, with the database away
/// before it, lost during it, and away after it. A memorized value is in the device even if it could not be stored.
struct StoredOrRefusedTests {
    private final class Store: Device {
        private let context: DeviceContext
        private(set) var kept = 0.0

        init(context: DeviceContext) {
            self.context = context
            context.setState(.on)
        }

        func initialize() {}

        private static let speed = DeviceProperty("Speed", Double.self, default: 0)

        private static let auto: AttributeDefinition = {
            var definition = AttributeDefinition(
                name: "Auto", type: .double, reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) })
            definition.pollingPeriod = .seconds(3600)
            return definition
        }()

        private static func late(_ name: String, _ period: Duration?) -> AttributeDefinition {
            var definition = AttributeDefinition(
                name: name, type: .double, reader: .sync { _ in AttributeReading(.double([1]), dimension: .scalar) })
            definition.pollingPeriod = period
            return definition
        }

        static let deviceClass = DeviceClass("Store", Store.self, execution: .inline) {
            Attribute("Level", Double.self).read { _ in 1 }.write { _, _ in }
            Attribute("Kept", Double.self, memorization: .memorized).read(\.kept).write { device, value in
                if value == 13 { throw DevFailed("Store_Refused", "not 13") }
                device.kept = value
            }
            Attribute("Later", Double.self, memorization: .memorized).read(\.kept).write { device, value async throws in
                await Task.yield()
                if value == 13 { throw DevFailed("Store_Refused", "not 13") }
                device.kept = value
            }
            Store.auto
            Command("SetSpeed") { device async throws in try await device.context.set(Store.speed, to: 7) }
            Command("Speed") { device in try device.context.property(Store.speed) }
            Command("Poll") { device async throws in try await device.context.startPolling(attribute: "Level", every: .seconds(3600)) }
            Command("AddPolled") { device in try device.context.addAttribute(Store.late("Late", .seconds(3600))) }
            Command("RemoveLevel") { device in try device.context.removeAttribute("Level") }
        }
    }

    /// An operation, what clients see of it and what is stored of it.
    struct Operation: Sendable, CustomTestStringConvertible {
        var name: String
        /// Properties of the device before.
        var properties: [String: [String]] = [:]
        /// Properties of its attributes before.
        var attributes: [String: [String: [String]]] = [:]
        /// Whether clients get an error when it could not be stored. If not, it is done and stored later.
        var isRefused = true
        /// Whether it is done although clients get an error.
        var isDoneAllTheSame = false
        /// Requests to the database that it makes.
        var requests = 1
        var run: @Sendable (StorageStand) async throws -> Void
        var seen: @Sendable (StorageStand) async throws -> String
        var stored: @Sendable (MemoryStorage) -> [String: [String]]

        var testDescription: String { self.name }
    }

    private static func configure(_ change: @escaping @Sendable (inout AttributeConfig) -> Void)
        -> @Sendable (StorageStand) async throws -> Void
    {
        { stand in
            let device = try await stand.device()
            var config = try await device.attributeConfig("Level")
            change(&config)
            try await device.setAttributeConfigs([config])
        }
    }

    private static func command(_ name: String) -> @Sendable (StorageStand) async throws -> Void {
        { stand in try await stand.device().command(name) }
    }

    private static func polling(_ name: String, _ period: Int32?, _ object: String) -> @Sendable (StorageStand) async throws -> Void {
        { stand in
            let strings = [StorageStand.device, "attribute", object]
            try await stand.admin().command(
                name, period.map { .longStringArray(LongStringArray(longs: [$0], strings: strings)) } ?? .stringArray(strings))
        }
    }

    private static let seenConfig: @Sendable (StorageStand) async throws -> String = { stand in
        let config = try await stand.device().attributeConfig("Level")
        return "\(config.label) \(config.unit) \(config.maxValue)"
    }

    private static let seenPolling: @Sendable (StorageStand) async throws -> String = { stand in
        guard case .stringArray(let blocks) = try await stand.admin().command("DevPollStatus", .string(StorageStand.device)) else {
            return ""
        }
        return blocks.map { $0.split(separator: "\n").prefix(2).joined(separator: " ") }.joined(separator: "; ")
    }

    private static let seenValues: @Sendable (StorageStand) async throws -> String = { stand in
        let values = try await stand.device().readAttributes(["Kept", "Later"])
        return values.map { "\($0.data)" }.joined(separator: " ")
    }

    private static let storedLevel: @Sendable (MemoryStorage) -> [String: [String]] = {
        $0.properties(of: StorageStand.device, attribute: "Level")
    }
    private static let storedDevice: @Sendable (MemoryStorage) -> [String: [String]] = { $0.properties(of: StorageStand.device) }
    private static let storedValues: @Sendable (MemoryStorage) -> [String: [String]] = { memory in
        [
            "Kept": memory.properties(of: StorageStand.device, attribute: "Kept")["__value"] ?? [],
            "Later": memory.properties(of: StorageStand.device, attribute: "Later")["__value"] ?? [],
        ]
    }

    private static let labelled = ["Level": ["label": ["Old"], "max_value": ["100"]]]

    static let operations: [Operation] = [
        Operation(
            name: "set_attribute_config, stored",
            run: Self.configure { config in
                config.label = "New"
                config.maxValue = "50"
            }, seen: Self.seenConfig, stored: Self.storedLevel),
        Operation(
            name: "set_attribute_config, deleted", attributes: Self.labelled,
            run: Self.configure { config in
                config.label = ""
                config.maxValue = ""
            }, seen: Self.seenConfig, stored: Self.storedLevel),
        Operation(
            name: "set_attribute_config, stored and deleted", attributes: Self.labelled, requests: 2,
            run: Self.configure { config in
                config.label = ""
                config.unit = "mm"
            }, seen: Self.seenConfig, stored: Self.storedLevel),
        Operation(
            name: "write of a memorized attribute", isDoneAllTheSame: true, run: { stand in try await stand.device().write("Kept", 5.0) },
            seen: Self.seenValues,
            stored: Self.storedValues),
        Operation(
            name: "write of a memorized attribute with an asynchronous handler", attributes: ["Later": ["__value": ["3"]]],
            isDoneAllTheSame: true,
            run: { stand in try await stand.device().write("Later", 5.0) }, seen: Self.seenValues, stored: Self.storedValues),
        Operation(
            name: "AddObjPolling", run: Self.polling("AddObjPolling", 3_600_000, "Level"), seen: Self.seenPolling, stored: Self.storedDevice
        ),
        Operation(
            name: "UpdObjPollingPeriod", properties: ["polled_attr": ["level", "1800000"]],
            run: Self.polling("UpdObjPollingPeriod", 3_600_000, "Level"), seen: Self.seenPolling, stored: Self.storedDevice),
        Operation(
            name: "RemObjPolling", properties: ["polled_attr": ["level", "1800000"]], run: Self.polling("RemObjPolling", nil, "Level"),
            seen: Self.seenPolling, stored: Self.storedDevice),
        Operation(
            name: "RemObjPolling of what the code polls", properties: ["polled_attr": ["level", "1800000", "auto", "3600000"]], requests: 1,
            run: Self.polling("RemObjPolling", nil, "Auto"), seen: Self.seenPolling, stored: Self.storedDevice),
        Operation(
            name: "RemObjPolling of all that the code polls", requests: 2, run: Self.polling("RemObjPolling", nil, "Auto"),
            seen: Self.seenPolling, stored: Self.storedDevice),
        Operation(
            name: "property set by code", run: Self.command("SetSpeed"),
            seen: { stand in "\(try await stand.device().command("Speed"))" }, stored: Self.storedDevice),
        Operation(name: "polling by code", run: Self.command("Poll"), seen: Self.seenPolling, stored: Self.storedDevice),
        Operation(
            name: "polled attribute added at run time", isRefused: false, run: Self.command("AddPolled"), seen: Self.seenPolling,
            stored: Self.storedDevice),
        Operation(
            name: "attribute removed at run time", attributes: Self.labelled, isRefused: false, run: Self.command("RemoveLevel"),
            seen: { stand in
                try await stand.device().attributeConfigs().map(\.name).joined(separator: " ")
            }, stored: Self.storedLevel),
    ]

    /// Runs the body with a fresh server whose database answers, and what a client sees and what is stored before.
    private func run(_ operation: Operation, _ body: (StorageStand, _ seen: String, _ stored: [String: [String]]) async throws -> Void)
        async throws
    {
        try await StorageStand.run([Store.deviceClass], properties: operation.properties, attributes: operation.attributes) { stand in
            try await body(stand, try await operation.seen(stand), operation.stored(stand.memory))
        }
    }

    private func failure(_ operation: Operation, _ stand: StorageStand) async throws -> DevFailed? {
        do {
            try await operation.run(stand)
            return nil
        } catch let failure as DevFailed {
            return failure
        }
    }

    private func status(_ stand: StorageStand) async throws -> String { try await stand.device().status() }

    private static let statusLine = "Not stored in the database yet"

    /// Refused: client, memory, database and the next start see what was before; accepted when the database is back.
    @Test(arguments: Self.operations.filter(\.isRefused)) func withTheDatabaseAwayItIsRefusedAndNotDone(_ operation: Operation) async throws
    {
        try await self.run(operation) { stand, seen, stored in
            stand.memory.set(.away())
            let failure = try #require(try await self.failure(operation, stand))
            #expect(failure.errors.map(\.reason) == ["API_ConnectionRefused", .cantConnectToDatabase])
            #expect((try await operation.seen(stand) != seen) == operation.isDoneAllTheSame)
            #expect(try await self.status(stand) == "The device is in ON state.", "nothing waits to be stored")
            stand.memory.set(.available)
            #expect(operation.stored(stand.memory) == stored)
            // The same again is no longer refused, and is not taken for what is stored already.
            #expect(try await self.failure(operation, stand) == nil)
            let new = try await operation.seen(stand)
            #expect(new != seen)
            #expect(operation.stored(stand.memory) != stored)
            let isSeenAfterStart = !operation.name.hasPrefix("write")
            try await stand.restart()
            if isSeenAfterStart { #expect(try await operation.seen(stand) == new) }
        }
    }

    /// Lost while it is stored: the client hears that it failed, and what was stored all the same is taken back.
    @Test(arguments: Self.operations.filter(\.isRefused)) func withTheAnswerLostItIsRefusedAndTakenBack(_ operation: Operation) async throws
    {
        try await self.run(operation) { stand, seen, stored in
            stand.memory.set(.losesAnswers)
            let failure = try #require(try await self.failure(operation, stand))
            #expect(failure.errors.map(\.reason) == [.corbaException, .communicationFailed])
            #expect((try await operation.seen(stand) != seen) == operation.isDoneAllTheSame)
            #expect(try await self.status(stand).contains(Self.statusLine))
            stand.memory.set(.available)
            try await eventually { operation.stored(stand.memory) == stored }
            try await eventually { try await self.status(stand) == "The device is in ON state." }
            try await stand.restart()
            #expect(try await operation.seen(stand) == seen)
            #expect(operation.stored(stand.memory) == stored)
        }
    }

    /// Half of it is stored when the database goes: that is taken back.
    @Test(arguments: Self.operations.filter { $0.isRefused && $0.requests > 1 })
    func withTheDatabaseGoingHalfWayItIsRefusedAndTakenBack(_ operation: Operation) async throws {
        try await self.run(operation) { stand, seen, stored in
            stand.memory.set(.away(afterRequests: 1))
            _ = try #require(try await self.failure(operation, stand))
            #expect(try await operation.seen(stand) == seen)
            #expect(operation.stored(stand.memory) != stored)
            stand.memory.set(.available)
            try await eventually { operation.stored(stand.memory) == stored }
            // Done now, although the same was refused before.
            #expect(try await self.failure(operation, stand) == nil)
            #expect(try await operation.seen(stand) != seen)
            try await eventually { try await self.status(stand) == "The device is in ON state." }
        }
    }

    /// Acknowledged: nothing that happens to the database afterwards changes what is stored.
    @Test(arguments: Self.operations) func withTheDatabaseAwayAfterwardsItStays(_ operation: Operation) async throws {
        try await self.run(operation) { stand, seen, stored in
            #expect(try await self.failure(operation, stand) == nil)
            stand.memory.set(.away())
            let (new, kept) = (try await operation.seen(stand), operation.stored(stand.memory))
            #expect(new != seen && kept != stored)
            stand.memory.set(.available)
            #expect(try await operation.seen(stand) == new)
            try await stand.restart()
            #expect(operation.stored(stand.memory) == kept)
        }
    }

    /// What cannot be refused is done, shown in the status, and stored when the database is back.
    @Test(arguments: Self.operations.filter { !$0.isRefused }, [MemoryStorage.Availability.away(), .losesAnswers])
    func whatCannotBeRefusedIsStoredLater(_ operation: Operation, _ availability: MemoryStorage.Availability) async throws {
        try await self.run(operation) { stand, seen, stored in
            stand.memory.set(availability)
            #expect(try await self.failure(operation, stand) == nil)
            let new = try await operation.seen(stand)
            #expect(new != seen)
            #expect(try await self.status(stand).contains(Self.statusLine))
            stand.memory.set(.available)
            try await eventually { operation.stored(stand.memory) != stored }
            try await eventually { try await self.status(stand) == "The device is in ON state." }
            #expect(try await operation.seen(stand) == new)
        }
    }

    /// A restart of the device goes on with what is not stored yet.
    @Test func aRestartedDeviceStoresWhatItsPredecessorCouldNot() async throws {
        let operation = try #require(Self.operations.first { $0.name == "polled attribute added at run time" })
        try await self.run(operation) { stand, _, stored in
            stand.memory.set(.away())
            try await operation.run(stand)
            let refused = try await stand.admin().commandFailure("DevRestart", .string(StorageStand.device))
            #expect(refused?.errors.last?.reason == .cantConnectToDatabase)
            stand.memory.set(.available)
            try await stand.admin().command("DevRestart", .string(StorageStand.device))
            try await eventually { operation.stored(stand.memory) != stored }
            try await eventually { try await self.status(stand) == "The device is in ON state." }
        }
    }

    /// A value that the device refuses is not remembered.
    @Test(arguments: ["Kept", "Later"]) func aValueThatTheDeviceRefusesIsNotRemembered(_ attribute: String) async throws {
        try await StorageStand.run([Store.deviceClass], attributes: [attribute: ["__value": ["3"]]]) { stand in
            let failure = try await stand.device().writeFailure(attribute, .double([13]))
            #expect(failure?.reason == "Store_Refused")
            #expect(stand.memory.properties(of: StorageStand.device, attribute: attribute)["__value"] == ["3"])
            // The device comes first: the database is not needed for it.
            stand.memory.set(.away())
            #expect(try await stand.device().writeFailure(attribute, .double([13]))?.reason == "Store_Refused")
            #expect(try await self.status(stand) == "The device is in ON state.")
        }
    }

    /// Of several values each is stored or refused by itself.
    @Test func ofSeveralValuesThoseThatCanBeStoredAreWritten() async throws {
        try await StorageStand.run([Store.deviceClass]) { stand in
            stand.memory.set(.away(afterRequests: 1))
            let device = try await stand.device()
            let outcomes = try await device.writeAttributes([
                AttributeWrite(name: "Kept", data: .double([5])), AttributeWrite(name: "Later", data: .double([6])),
                AttributeWrite(name: "Level", data: .double([7])),
            ])
            #expect(outcomes.map { $0?.errors.last?.reason } == [nil, .cantConnectToDatabase, nil])
            #expect(try await device.read("Kept") == 6.0, "the device has it all the same")
        }
    }

    /// Stores a property when it is released.
    private final class Leaving: Device {
        private let context: DeviceContext
        private static let count = DeviceProperty("Count", Double.self, default: 0)

        init(context: DeviceContext) { self.context = context }

        func initialize() {}
        func release() async { try? await self.context.set(Self.count, to: 7) }

        static let deviceClass = DeviceClass("Leaving", Leaving.self) {
            Command("Count") { device in try device.context.property(Leaving.count) }
        }
    }

    /// What is stored while a device is stopped is there when it is restarted.
    @Test func aRestartedDeviceKnowsWhatItsPredecessorStoredLast() async throws {
        try await StorageStand.run([Leaving.deviceClass]) { stand in
            #expect(try await stand.device().command("Count") == .double(0))
            try await stand.admin().command("DevRestart", .string(StorageStand.device))
            #expect(try await stand.device().command("Count") == .double(7))
        }
    }

    /// Commands that store nothing do not need the database.
    @Test(arguments: ["StopPolling", "StartPolling", "StopLogging", "StartLogging"])
    func whatStoresNothingIsDoneWithoutTheDatabase(_ command: String) async throws {
        try await StorageStand.run([Store.deviceClass]) { stand async throws in
            stand.memory.set(.away())
            #expect(try await stand.admin().commandFailure(command) == nil)
            let levels = LongStringArray(longs: [3], strings: [StorageStand.device])
            #expect(try await stand.admin().commandFailure("SetLoggingLevel", .longStringArray(levels)) == nil)
        }
    }

    /// Restarts read the database first: while it is away they change nothing and say so.
    @Test func restartsAreRefusedWithTheDatabaseAway() async throws {
        try await StorageStand.run([Store.deviceClass]) { stand in
            let device = try await stand.device()
            try await device.write("Kept", 5.0)
            stand.memory.set(.away())
            let admin = try await stand.admin()
            #expect(await admin.commandFailure("DevRestart", .string(StorageStand.device))?.errors.last?.reason == .cantConnectToDatabase)
            #expect(await admin.commandFailure("Init")?.errors.last?.reason == .cantConnectToDatabase)
            try await admin.command("RestartServer")
            try await eventually { try await admin.status().contains("The last restart failed: Failed to connect to database") }
            #expect(try await device.read("Kept") == 5.0, "the device is the one of before")
            stand.memory.set(.available)
            try await admin.command("Init")
            #expect(try await admin.status() == "The device is ON\nThe polling is ON")
        }
    }
}
