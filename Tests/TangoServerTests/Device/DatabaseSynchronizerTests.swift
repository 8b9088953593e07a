import Logging
import NIOPosix
import Synchronization
import TangoCore
import Testing

@testable import TangoServer

@Suite("Properties and the queue of database writes")
struct DatabaseSynchronizerTests {
    /// A database that refuses what it is to refuse.
    private final class Storage: DeviceStorage {
        enum Operation { case put, delete }

        private let refused: Mutex<Operation?>

        init(refusing refused: Operation?) {
            self.refused = Mutex(refused)
        }

        func refuse(_ operation: Operation?) { self.refused.withLock { $0 = operation } }

        private func check(_ operation: Operation) throws(DevFailed) {
            if self.refused.withLock({ $0 }) == operation { throw DevFailed("DB_SQLError", "refused") }
        }

        func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
            async throws(DevFailed)
        { try self.check(.put) }

        func deleteAttributeProperties(_ device: String, attribute: String, names: [String]) async throws(DevFailed) {
            try self.check(.delete)
        }

        func putProperties(_ device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
            try self.check(.put)
        }

        func deleteProperties(_ device: String, names: [String]) async throws(DevFailed) { try self.check(.delete) }
        func properties(ofDevice device: String) async throws(DevFailed) -> [String: [String]] { [:] }

        func deleteAttributeProperties(_ device: String, attribute: String) async throws(DevFailed) { try self.check(.delete) }

        func properties(ofAttributes attributes: [String], device: String, deviceClass: String) async throws(DevFailed)
            -> [String: StoredAttributeProperties]?
        { nil }
    }

    private func make(_ storage: Storage? = nil, _ properties: [String: [String]] = [:]) throws -> DatabaseSynchronizer {
        var configuration = DeviceConfiguration()
        configuration.properties = properties
        return DatabaseSynchronizer(
            device: try DeviceName("t/a/1"), deviceClass: "Bench", configuration: configuration, storage: storage,
            log: DeviceLog(source: "t/a/1"), fallbackLogger: Logger(label: "synchronizer"),
            eventLoops: MultiThreadedEventLoopGroup.singleton,
            persistentState: PersistentDeviceState())
    }

    /// A command that replies while another one is waiting has to wait for its own writes all the same.
    @Test func eachCommandWaitsForItsOwnWrites() async throws {
        let database = try self.make()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    let isDone = Latch()
                    let isSeen = Mutex(false)
                    database.enqueueWrite("not stored", "test") {
                        await Task.yield()
                        isSeen.withLock { $0 = true }
                        isDone.open()
                    }
                    // As CommandOperation does before it replies.
                    if database.hasPendingWrites { await database.waitForPendingWrites() }
                    #expect(isSeen.withLock { $0 })
                    await isDone.wait()
                }
            }
        }
        #expect(!database.hasPendingWrites)
    }

    @Test func writesArePendingUntilTheyAreDone() async throws {
        let database = try self.make()
        let gate = Latch()
        database.enqueueWrite("not stored", "test") { await gate.wait() }
        let waiter = Task { await database.waitForPendingWrites() }
        for _ in 0..<100 { await Task.yield() }
        #expect(database.hasPendingWrites)
        gate.open()
        await waiter.value
        #expect(!database.hasPendingWrites)
    }

    @Test func writesAreDoneInOrder() async throws {
        let database = try self.make()
        let order = Mutex<[Int]>([])
        for number in 0..<50 {
            database.enqueueWrite("not stored", "test") {
                for _ in 0..<(50 - number) { await Task.yield() }
                order.withLock { $0.append(number) }
            }
        }
        await database.waitForPendingWrites()
        #expect(order.withLock { $0 } == Array(0..<50))
    }

    @Test func aFailedWriteDoesNotStopTheNext() async throws {
        let database = try self.make()
        let isDone = Mutex(false)
        database.enqueueWrite("not stored", "test") { throw DevFailed("DB_SQLError", "refused") }
        database.enqueueWrite("not stored", "test") { isDone.withLock { $0 = true } }
        await database.waitForPendingWrites()
        #expect(isDone.withLock { $0 })
    }

    @Test func propertiesThatTheDatabaseRefusesAreThoseOfBefore() async throws {
        let storage = Storage(refusing: .put)
        let database = try self.make(storage, ["speed": ["1"]])
        await #expect(throws: DevFailed.self) {
            try await database.putProperties([(name: "Speed", values: ["2"]), (name: "Other", values: ["x"])])
        }
        #expect(database.configuration.properties == ["speed": ["1"]])
        storage.refuse(.delete)
        await #expect(throws: DevFailed.self) { try await database.deleteProperties(["SPEED"]) }
        #expect(database.configuration.properties == ["speed": ["1"]])
        storage.refuse(nil)
        try await database.putProperties([(name: "Speed", values: ["2"])])
        #expect(database.configuration.properties == ["speed": ["2"]])
    }

    @Test func attributePropertiesThatTheDatabaseRefusesAreThoseOfBefore() async throws {
        let storage = Storage(refusing: nil)
        let database = try self.make(storage)
        try await database.change(.attribute("Value"), [(name: "label", values: ["Old"]), (name: "unit", values: ["mm"])])
        storage.refuse(.put)
        await #expect(throws: DevFailed.self) {
            try await database.change(.attribute("VALUE"), [(name: "label", values: ["New"]), (name: "unit", values: nil)])
        }
        #expect(database.properties(ofAttribute: "value").device == ["label": ["Old"], "unit": ["mm"]])
        // What the database has stored by then is taken back.
        storage.refuse(.delete)
        await #expect(throws: DevFailed.self) {
            try await database.change(.attribute("value"), [(name: "label", values: ["New"]), (name: "unit", values: nil)])
        }
        #expect(database.properties(ofAttribute: "value").device == ["label": ["Old"], "unit": ["mm"]])
    }
}
