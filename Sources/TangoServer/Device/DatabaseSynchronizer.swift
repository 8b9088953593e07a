import Logging
import NIOCore
import Synchronization
import TangoCore

/// The properties of a device in memory, and the queue of work that keeps them and the database the same.
///
/// A change is stored first and applied then: one that the database refuses changes nothing. Changes that cannot be refused any more are
/// applied at once, and stored again and again until they are. Without a storage the properties are kept in memory only.
final class DatabaseSynchronizer: Sendable {
    private struct State: Sendable {
        var configuration: DeviceConfiguration
        var reads = AddedAttributeReads()
        /// Whether a task stores again what could not be stored.
        var isRetrying = false
        /// Whether the device has ended; its successor stores what is left.
        var isEnded = false
    }

    private struct Queue: FlaggedValue {
        /// Pieces of work that are not done.
        var count = 0
        /// The last one; `nil` if all are done.
        var last: Task<Void, Never>?
        /// Number of the last one if it reads properties and has not begun: further attributes join it.
        var openRead: Int?
        var readCount = 0

        var isFlagged: Bool { self.count > 0 }
    }

    private let device: String
    private let deviceClass: String
    /// `nil` without a database.
    private let storage: (any DeviceStorage)?
    private let log: DeviceLog
    private let fallbackLogger: Logger
    private let eventLoops: any EventLoopGroup
    /// Holds what is not stored, for the next object of the device, too.
    private let persistentState: PersistentDeviceState
    private let state: Mutex<State>
    private let queue = FlaggedMutex(Queue())
    /// Held while something is stored, so that the last change is stored last.
    private let storing = Gate()

    init(
        device: DeviceName, deviceClass: String, configuration: DeviceConfiguration, storage: (any DeviceStorage)?, log: DeviceLog,
        fallbackLogger: Logger, eventLoops: any EventLoopGroup, persistentState: PersistentDeviceState
    ) {
        self.device = device.text
        self.deviceClass = deviceClass
        self.storage = storage
        self.log = log
        self.fallbackLogger = fallbackLogger
        self.eventLoops = eventLoops
        self.persistentState = persistentState
        var configuration = configuration
        configuration.apply(persistentState.unstoredChanges)
        self.state = Mutex(State(configuration: configuration))
        if persistentState.unstored.isFlagged { self.retryLater() }
    }

    /// Whether properties are stored anywhere but in memory.
    var hasStorage: Bool { self.storage != nil }

    /// What of the database could not be reached for, as a line of the status; empty if everything is stored and read.
    var statusText: String {
        let unread = self.state.withLock { $0.reads.failedNames }
        guard !unread.isEmpty || self.persistentState.unstored.isFlagged else { return "" }
        let unstored = self.persistentState.unstored.withLock { $0.names }
        var text = ""
        if !unstored.isEmpty { text += "\nNot stored in the database yet: \(unstored.joined(separator: "; "))" }
        if !unread.isEmpty { text += "\nProperties not read from the database yet: \(unread.joined(separator: ", "))" }
        return text
    }

    // MARK: - Properties

    /// Properties of the device and its class, as read at the start and changed since.
    var configuration: DeviceConfiguration { self.state.withLock { $0.configuration } }

    /// Returns the properties of an attribute, in any case.
    func properties(ofAttribute name: String) -> StoredAttributeProperties {
        self.state.withLock { $0.configuration.properties(ofAttribute: name) }
    }

    /// Sets properties of the device.
    /// - Throws: the error of the database; the properties are then those of before.
    func putProperties(_ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.change(.device, properties.map { ($0.name, $0.values) })
    }

    /// Deletes properties of the device.
    /// - Throws: the error of the database; the properties are then those of before.
    func deleteProperties(_ names: [String]) async throws(DevFailed) {
        try await self.change(.device, names.map { ($0, nil) })
    }

    /// Changes properties: in the database, then in memory.
    /// - Throws: the error of the database; the properties are then those of before.
    func change(_ owner: PropertyOwner, _ changes: [PropertyChange]) async throws(DevFailed) {
        guard !changes.isEmpty else { return }
        guard let storage = self.storage else { return self.apply(owner, changes) }
        _ = await self.storing.acquire(within: .hours(1), on: self.eventLoops.any())
        defer { self.storing.release() }
        // A deletion of all that has still to be made would take the change with it.
        if let former = self.unstored(of: owner), former.deletesOthers { try await self.store(former, on: storage) }
        var attempt = PropertyStoring(device: self.device, owner: owner, changes: changes)
        do throws(DevFailed) {
            try await attempt.run(on: storage)
        } catch {
            // What may be in the database all the same is taken back.
            let former = self.former(of: owner, attempt.possiblyStored)
            if !former.isEmpty {
                self.persistentState.unstored.withLock { $0.add(owner, former, isStoredTwice: true) }
                self.retryLater()
            }
            throw error
        }
        self.apply(owner, changes)
        guard self.persistentState.unstored.isFlagged else { return }
        self.persistentState.unstored.withLock { $0.remove(owner, changes.map(\.name)) }
        if self.persistentState.unstored.isFlagged { self.retryLater() }
    }

    /// Changes properties where the change cannot be refused any more: in memory at once, in the database as soon as it can be reached.
    func changeLater(_ owner: PropertyOwner, _ changes: [PropertyChange]) {
        guard !changes.isEmpty else { return }
        self.apply(owner, changes)
        guard self.storage != nil else { return }
        self.persistentState.unstored.withLock { $0.add(owner, changes) }
        self.enqueueStoring()
    }

    /// Deletes the properties of an attribute that was removed, the same way.
    func deleteProperties(ofAttribute attribute: String) {
        let key = attribute.tangoFolded
        let mayHaveAny = self.state.withLock { state in
            // If it was added so lately that its properties are still to be read, the database may hold some.
            let isUnread = state.reads.isUnread(key)
            state.reads.cancelFailed(key)
            return state.configuration.attributeProperties.removeValue(forKey: key)?.isEmpty == false || isUnread
        }
        guard mayHaveAny, self.storage != nil else { return }
        self.persistentState.unstored.withLock { $0.addDeletion(of: .attribute(attribute)) }
        self.enqueueStoring()
    }

    private func apply(_ owner: PropertyOwner, _ changes: [PropertyChange]) {
        self.state.withLock { state in
            for change in changes {
                let name = change.name.tangoFolded
                if let attribute = owner.attribute?.tangoFolded {
                    state.reads.changed(name, ofAttribute: attribute)
                    state.configuration.attributeProperties[attribute, default: [:]][name] = change.values
                } else {
                    state.configuration.properties[name] = change.values
                }
            }
        }
    }

    private func former(of owner: PropertyOwner, _ names: [String]) -> [PropertyChange] {
        self.state.withLock { state in
            let known =
                owner.attribute.map { state.configuration.attributeProperties[$0.tangoFolded] ?? [:] } ?? state.configuration.properties
            return names.map { ($0, known[$0.tangoFolded]) }
        }
    }

    /// Reads the device's properties from the database; if it does not answer, those of before stay.
    func refreshProperties() async {
        guard let storage = self.storage else { return }
        _ = await self.storing.acquire(within: .hours(1), on: self.eventLoops.any())
        defer { self.storing.release() }
        do {
            var properties = try await storage.properties(ofDevice: self.device)
            self.unstored(of: .device)?.apply(to: &properties)
            self.state.withLock { [properties] in $0.configuration.properties = properties }
        } catch {
            self.warn("properties not read, those of before are used", error)
        }
    }

    // MARK: - What could not be stored

    /// Stores before the command that caused it replies; not where the database failed lately, which would keep the device waiting.
    private func enqueueStoring() {
        guard !self.state.withLock({ $0.isRetrying }) else { return }
        self.enqueueWrite("not stored, tried again until it is", "properties") { try await self.storeAgain() }
    }

    /// Stores what is not stored yet, all that can be stored even if the rest fails.
    /// - Throws: the first error of the database; what failed stays to be stored.
    func storeAgain() async throws(DevFailed) {
        guard let storage = self.storage, self.persistentState.unstored.isFlagged else { return }
        var failure: DevFailed?
        for owner in self.persistentState.unstoredChanges.map(\.owner) {
            // Changes of clients may come between.
            _ = await self.storing.acquire(within: .hours(1), on: self.eventLoops.any())
            defer { self.storing.release() }
            guard let batch = self.unstored(of: owner) else { continue }
            do throws(DevFailed) {
                try await self.store(batch, on: storage)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        if self.persistentState.unstored.isFlagged { self.retryLater() }
    }

    private func unstored(of owner: PropertyOwner) -> UnstoredChanges.Batch? {
        self.persistentState.unstored.withLockIfFlagged { $0.batch(of: owner) } ?? nil
    }

    private func store(_ batch: UnstoredChanges.Batch, on storage: any DeviceStorage) async throws(DevFailed) {
        do throws(DevFailed) {
            if batch.deletesOthers, let attribute = batch.owner.attribute {
                try await storage.deleteAttributeProperties(self.device, attribute: attribute)
            }
            var attempt = PropertyStoring(device: self.device, owner: batch.owner, put: batch.put, deleted: batch.deleted)
            try await attempt.run(on: storage)
        } catch {
            self.retryLater()
            throw error
        }
        self.persistentState.unstored.withLock { $0.stored(batch) }
    }

    /// Waits between attempts to reach the database; the last one is repeated.
    private static let retryDelays: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4)]

    private func retryLater() {
        let starts = self.state.withLock { state in
            guard !state.isRetrying, !state.isEnded else { return false }
            state.isRetrying = true
            return true
        }
        guard starts else { return }
        Task { [weak self] in
            var attempt = 0
            repeat {
                try? await Task.sleep(for: Self.retryDelays[min(attempt, Self.retryDelays.count - 1)])
                attempt += 1
            } while await self?.retry() == true
        }
    }

    /// - Returns: whether there is something left to be tried again.
    private func retry() async -> Bool {
        guard !self.state.withLock({ $0.isEnded }) else { return false }
        try? await self.storeAgain()
        // Not through the queue: commands wait for what is in it.
        let reads = self.state.withLock { $0.reads.repeatFailed() }
        if let storage = self.storage, !reads.isEmpty { try? await self.perform(reads, on: storage) }
        return self.state.withLock { state in
            state.isRetrying = state.reads.hasFailed || self.persistentState.unstored.isFlagged
            return state.isRetrying
        }
    }

    /// Ends the attempts to store: the device has ended. Its successor, if there is one, goes on with them.
    func end() { self.state.withLock { $0.isEnded = true } }

    /// Logs what is lost when the server ends.
    func logUnstored() {
        guard self.persistentState.unstored.isFlagged else { return }
        let names = self.persistentState.unstored.withLock { $0.names }
        self.log.logger(fallback: self.fallbackLogger).warning(
            "never stored, the server ends", metadata: ["subject": "\(names.joined(separator: "; "))"])
    }

    // MARK: - Attributes added at run time

    /// Whether the properties of an added attribute have not been read yet.
    var hasUnreadProperties: Bool { self.state.withLock { $0.reads.isAnyUnderWay } }

    /// Reads the properties of an attribute that was added to the running device, after all pending writes and together with those of other
    /// attributes. A command that added the attribute replies when this is done.
    /// - Parameters:
    ///   - apply: gets the properties; `nil` if they could not be read, or only the server changes them. It gets those that could not be read
    ///     when they can be, and whether this is such a second time.
    ///   - completion: runs when the attribute does not count as unread any more.
    func readProperties(
        ofAttribute attribute: String, apply: @escaping @Sendable (StoredAttributeProperties?, _ isRepeated: Bool) -> Void,
        completion: @escaping @Sendable () async -> Void
    ) {
        self.read(AddedAttributeReads.Read(attribute: attribute, apply: apply, completion: completion))
    }

    private func read(_ read: AddedAttributeReads.Read) {
        guard let storage = self.storage else { return }
        let (request, isNew) = self.queue.withLock { queue in
            let open = queue.openRead
            if open == nil { queue.readCount += 1 }
            let request = open ?? queue.readCount
            queue.openRead = request
            self.state.withLock { $0.reads.begin(read, in: request) }
            return (request, open == nil)
        }
        guard isNew else { return }
        self.enqueueWrite("properties not read, tried again until they are", read.attribute, read: request) {
            self.queue.withLock { queue in if queue.openRead == request { queue.openRead = nil } }
            try await self.perform(self.state.withLock { $0.reads.take(request) }, on: storage)
        }
    }

    /// Reads the properties of attributes with one request.
    /// - Throws: the error of the database; the reads are repeated later.
    private func perform(_ reads: [AddedAttributeReads.Read], on storage: any DeviceStorage) async throws(DevFailed) {
        let answer: Result<[String: StoredAttributeProperties]?, DevFailed>
        // Nothing is stored between the answer and its use.
        _ = await self.storing.acquire(within: .hours(1), on: self.eventLoops.any())
        do throws(DevFailed) {
            answer = .success(
                try await storage.properties(ofAttributes: reads.map(\.attribute), device: self.device, deviceClass: self.deviceClass))
        } catch {
            answer = .failure(error)
        }
        for read in reads {
            switch answer {
            case .success(let found):
                read.apply(found.map { $0[read.attribute.tangoFolded] ?? StoredAttributeProperties() }, read.isRepeated)
            case .failure: if !read.isRepeated { read.apply(nil, false) }
            }
        }
        self.storing.release()
        for read in reads {
            let key = read.attribute.tangoFolded
            self.state.withLock { state in
                if case .failure = answer { state.reads.fail(read) } else { state.reads.finish(key) }
            }
            await read.completion()
        }
        if case .failure = answer { self.retryLater() }
        _ = try answer.get()
    }

    /// Keeps properties that were read for an attribute, except those that were changed since the request.
    /// - Returns: the properties as they are now; `nil` if they are the same as before.
    func keep(_ read: StoredAttributeProperties, ofAttribute attribute: String) -> StoredAttributeProperties? {
        let key = attribute.tangoFolded
        let unstored = self.unstored(of: .attribute(attribute))
        return self.state.withLock { state in
            let before = state.configuration.properties(ofAttribute: attribute)
            var read = read
            unstored?.apply(to: &read.device)
            for name in state.reads.changed(ofAttribute: key) { read.device[name] = before.device[name] }
            guard before.device != read.device || before.deviceClass != read.deviceClass else { return nil }
            state.configuration.attributeProperties[key] = read.device
            state.configuration.classAttributeProperties[key] = read.deviceClass
            return read
        }
    }

    // MARK: - Queue

    /// Whether the database does not know everything yet. Costs one atomic load.
    var hasPendingWrites: Bool { self.queue.isFlagged }

    /// Appends work for the database to the queue. A command that caused it replies when it is done.
    /// - Parameters:
    ///   - failureText: logged if the work fails.
    ///   - subject: the attribute, command or property that the work is about.
    ///   - read: number of the request for properties that it makes.
    func enqueueWrite(
        _ failureText: String, _ subject: String, read: Int? = nil, _ work: @escaping @Sendable () async throws -> Void
    ) {
        self.queue.withLock { queue in
            let previous = queue.last
            queue.count += 1
            queue.openRead = read
            queue.last = Task {
                await previous?.value
                do {
                    try await work()
                } catch {
                    self.warn(failureText, error, subject: subject)
                }
                self.queue.withLock { queue in
                    queue.count -= 1
                    if queue.count == 0 { queue.last = nil }
                }
            }
        }
    }

    /// Waits until all work is done that is in the queue now.
    func waitForPendingWrites() async {
        await self.queue.withLock { $0.last }?.value
    }

    private func warn(_ text: String, _ error: any Error, subject: String? = nil) {
        var metadata: Logger.Metadata = ["error": "\(error)"]
        if let subject { metadata["subject"] = "\(subject)" }
        self.log.logger(fallback: self.fallbackLogger).warning("\(text)", metadata: metadata)
    }
}
