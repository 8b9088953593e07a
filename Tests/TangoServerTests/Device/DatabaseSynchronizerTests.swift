import Logging
import NIOPosix
import Synchronization
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

@Suite("Properties and the queue of database writes")
struct DatabaseSynchronizerTests {
    /// A database that refuses what it is to refuse.
    private final class Storage: DeviceStorage {
        enum Operation { case put, delete }

        private let refused: Mutex<Operation?>
        /// Attribute whose properties are refused for good.
        let refusedAttribute = Mutex("")
        let stored = Mutex<Set<String>>([])
        /// How reads are answered: failures at first, then nothing until the gate opens.
        let failingReads = Mutex(0)
        let reads = Mutex(0)
        let muteReads = Latch()

        init(refusing refused: Operation?) {
            self.refused = Mutex(refused)
        }

        func refuse(_ operation: Operation?) { self.refused.withLock { $0 = operation } }

        private func check(_ operation: Operation) throws(DevFailed) {
            if self.refused.withLock({ $0 }) == operation { throw DevFailed("DB_SQLError", "refused") }
        }

        func putAttributeProperties(_ device: String, attribute: String, _ properties: [(name: String, values: [String])])
            async throws(DevFailed)
        {
            try self.check(.put)
            if self.refusedAttribute.withLock({ $0 }) == attribute { throw DevFailed("DB_SQLError", "refused for good") }
            self.stored.withLock { _ = $0.insert(attribute) }
        }

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
        {
            self.reads.withLock { $0 += 1 }
            let fails = self.failingReads.withLock { count in
                defer { count = max(0, count - 1) }
                return count > 0
            }
            if fails { throw DevFailed(.deviceTimedOut, "no answer") }
            await self.muteReads.wait()
            return nil
        }
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

    /// Commands do not wait for what is tried again while the database is mute, and the attribute hears of it once.
    @Test func repeatedReadsAreNotPending() async throws {
        let storage = Storage(refusing: nil)
        storage.failingReads.withLock { $0 = 1 }
        let database = try self.make(storage)
        let applied = Mutex<[Bool]>([])
        database.readProperties(ofAttribute: "Value") { _, isRepeated in
            applied.withLock { $0.append(isRepeated) }
        } completion: {
        }
        await database.waitForPendingWrites()
        try await eventually { storage.reads.withLock { $0 } == 2 }
        #expect(!database.hasPendingWrites)
        #expect(applied.withLock { $0 } == [false])
        storage.muteReads.open()
        try await eventually { applied.withLock { $0 } == [false, true] }
        #expect(database.statusText.isEmpty)
    }

    /// Nor for what is taken back after a failure.
    @Test func whatIsTakenBackIsNotPending() async throws {
        let storage = Storage(refusing: .delete)
        let database = try self.make(storage)
        await #expect(throws: DevFailed.self) {
            try await database.change(.attribute("Value"), [(name: "label", values: ["New"]), (name: "unit", values: nil)])
        }
        #expect(!database.hasPendingWrites)
        storage.refuse(nil)
        try await eventually { database.statusText.isEmpty }
    }

    @Test func whatIsRefusedForGoodKeepsNothingElseFromBeingStored() async throws {
        let storage = Storage(refusing: .put)
        storage.refusedAttribute.withLock { $0 = "A" }
        let database = try self.make(storage)
        for attribute in ["A", "B"] { database.changeLater(.attribute(attribute), [(name: "label", values: ["New"])]) }
        storage.refuse(nil)
        await #expect(throws: DevFailed.self) { try await database.storeAgain() }
        #expect(storage.stored.withLock { $0 } == ["B"])
        database.end()
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
