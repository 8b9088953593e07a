import Logging
import Synchronization
import TangoCore

/// The properties of a device in memory, and the queue of work that keeps them and the database the same.
///
/// Without a storage the properties are kept in memory only.
final class DatabaseSynchronizer: Sendable {
    /// A change of one property; `nil` deletes it.
    typealias Change = (name: String, values: [String]?)

    private struct State: Sendable {
        var configuration: DeviceConfiguration
        /// Attributes added at run time whose properties were requested and have not arrived yet, by name in lower case.
        var unread: [String: Unread] = [:]
    }

    private struct Unread {
        /// Requests under way.
        var requests = 0
        /// Properties changed since the request, in lower case: newer than its answer.
        var changed: Set<String> = []
    }

    private struct Queue: FlaggedValue {
        /// Pieces of work that are not done.
        var count = 0
        /// The last one; `nil` if all are done.
        var last: Task<Void, Never>?

        var isFlagged: Bool { self.count > 0 }
    }

    private let device: String
    private let deviceClass: String
    /// `nil` without a database.
    private let storage: (any DeviceStorage)?
    private let log: DeviceLog
    private let fallbackLogger: Logger
    private let state: Mutex<State>
    private let queue = FlaggedMutex(Queue())

    init(
        device: DeviceName, deviceClass: String, configuration: DeviceConfiguration, storage: (any DeviceStorage)?, log: DeviceLog,
        fallbackLogger: Logger
    ) {
        self.device = device.text
        self.deviceClass = deviceClass
        self.storage = storage
        self.log = log
        self.fallbackLogger = fallbackLogger
        self.state = Mutex(State(configuration: configuration))
    }

    /// Whether properties are stored anywhere but in memory.
    var hasStorage: Bool { self.storage != nil }

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
        let former = self.replaceProperties(properties.map { ($0.name, $0.values) })
        do throws(DevFailed) {
            try await self.storage?.putProperties(self.device, properties)
        } catch {
            _ = self.replaceProperties(former)
            throw error
        }
    }

    /// Deletes properties of the device.
    /// - Throws: the error of the database; the properties are then those of before.
    func deleteProperties(_ names: [String]) async throws(DevFailed) {
        let former = self.replaceProperties(names.map { ($0, nil) })
        do throws(DevFailed) {
            try await self.storage?.deleteProperties(self.device, names: names)
        } catch {
            _ = self.replaceProperties(former)
            throw error
        }
    }

    /// - Returns: the changes that undo these.
    private func replaceProperties(_ changes: [Change]) -> [Change] {
        self.state.withLock { state in
            changes.map { change in
                let key = change.name.tangoFolded
                let former = state.configuration.properties[key]
                state.configuration.properties[key] = change.values
                return (change.name, former)
            }
        }
    }

    /// Changes properties of an attribute of the device.
    /// - Throws: the error of the database; properties it did not change are then those of before.
    func changeProperties(ofAttribute attribute: String, _ changes: [Change]) async throws(DevFailed) {
        let put = changes.filter { $0.values != nil }
        let deleted = changes.filter { $0.values == nil }
        let formerPut = self.replaceProperties(ofAttribute: attribute, put)
        let formerDeleted = self.replaceProperties(ofAttribute: attribute, deleted)
        guard let storage = self.storage else { return }
        do throws(DevFailed) {
            if !put.isEmpty {
                try await storage.putAttributeProperties(self.device, attribute: attribute, put.map { ($0.name, $0.values ?? []) })
            }
        } catch {
            self.undo(formerPut + formerDeleted, ofAttribute: attribute)
            throw error
        }
        do throws(DevFailed) {
            if !deleted.isEmpty {
                try await storage.deleteAttributeProperties(self.device, attribute: attribute, names: deleted.map(\.name))
            }
        } catch {
            self.undo(formerPut + formerDeleted, ofAttribute: attribute)
            // What was put is taken back as far as the database still answers.
            let (back, added) = (formerPut.filter { $0.values != nil }, formerPut.filter { $0.values == nil }.map(\.name))
            if !back.isEmpty {
                try? await storage.putAttributeProperties(self.device, attribute: attribute, back.map { ($0.name, $0.values ?? []) })
            }
            if !added.isEmpty { try? await storage.deleteAttributeProperties(self.device, attribute: attribute, names: added) }
            throw error
        }
    }

    /// - Returns: the changes that undo these.
    private func replaceProperties(ofAttribute attribute: String, _ changes: [Change]) -> [Change] {
        guard !changes.isEmpty else { return [] }
        let key = attribute.tangoFolded
        return self.state.withLock { state in
            if !state.unread.isEmpty { state.unread[key]?.changed.formUnion(changes.map(\.name.tangoFolded)) }
            return changes.map { change in
                let property = change.name.tangoFolded
                let former = state.configuration.attributeProperties[key]?[property]
                state.configuration.attributeProperties[key, default: [:]][property] = change.values
                return (change.name, former)
            }
        }
    }

    private func undo(_ former: [Change], ofAttribute attribute: String) {
        let key = attribute.tangoFolded
        self.state.withLock { state in
            for change in former {
                let property = change.name.tangoFolded
                state.configuration.attributeProperties[key]?[property] = change.values
                state.unread[key]?.changed.remove(property)
            }
        }
    }

    /// Reads the device's properties from the database; if it does not answer, those of before stay.
    func refreshProperties() async {
        guard let storage = self.storage else { return }
        do {
            let properties = try await storage.properties(ofDevice: self.device)
            self.state.withLock { $0.configuration.properties = properties }
        } catch {
            self.warn("properties not read, those of before are used", error)
        }
    }

    // MARK: - Attributes added at run time

    /// Whether the properties of an added attribute have not been read yet.
    var hasUnreadProperties: Bool { self.state.withLock { !$0.unread.isEmpty } }

    /// Reads the properties of an attribute that was added to the running device, after all pending writes. A command that added the
    /// attribute replies when this is done.
    /// - Parameters:
    ///   - apply: gets the properties; `nil` if they could not be read, or only the server changes them.
    ///   - completion: runs when the attribute does not count as unread any more.
    func readProperties(
        ofAttribute attribute: String, apply: @escaping @Sendable (StoredAttributeProperties?) -> Void,
        completion: @escaping @Sendable () async -> Void
    ) {
        guard let storage = self.storage else { return }
        let key = attribute.tangoFolded
        self.state.withLock { $0.unread[key, default: Unread()].requests += 1 }
        self.enqueueWrite("properties not read", attribute) { [device, deviceClass] in
            let answer: Result<StoredAttributeProperties?, DevFailed>
            do throws(DevFailed) {
                answer = .success(try await storage.properties(ofAttribute: attribute, device: device, deviceClass: deviceClass))
            } catch {
                answer = .failure(error)
            }
            apply((try? answer.get()) ?? nil)
            self.finishReading(key)
            await completion()
            _ = try answer.get()
        }
    }

    private func finishReading(_ key: String) {
        self.state.withLock { state in
            state.unread[key]?.requests -= 1
            if state.unread[key]?.requests == 0 { state.unread[key] = nil }
        }
    }

    /// Keeps properties that were read for an attribute, except those that were changed since the request.
    /// - Returns: the properties as they are now; `nil` if they are the same as before.
    func keep(_ read: StoredAttributeProperties, ofAttribute attribute: String) -> StoredAttributeProperties? {
        let key = attribute.tangoFolded
        return self.state.withLock { state in
            let before = state.configuration.properties(ofAttribute: attribute)
            var read = read
            for name in state.unread[key]?.changed ?? [] { read.device[name] = before.device[name] }
            guard before.device != read.device || before.deviceClass != read.deviceClass else { return nil }
            state.configuration.attributeProperties[key] = read.device
            state.configuration.classAttributeProperties[key] = read.deviceClass
            return read
        }
    }

    /// Deletes the properties of an attribute that was removed: at once in memory, in the background in the database.
    func deleteProperties(ofAttribute attribute: String) {
        let key = attribute.tangoFolded
        let (names, isUnread) = self.state.withLock { state -> ([String], Bool) in
            let removed = state.configuration.attributeProperties.removeValue(forKey: key) ?? [:]
            // If it was added so lately that its properties are still to be read, the database may hold others.
            return (removed.keys.sorted(), state.unread[key] != nil)
        }
        guard !names.isEmpty || isUnread, let storage = self.storage else { return }
        self.enqueueWrite("properties not deleted", attribute) { [device, deviceClass] in
            var all = Set(names)
            if isUnread {
                let read = try await storage.properties(ofAttribute: attribute, device: device, deviceClass: deviceClass)
                all.formUnion(read?.device.keys.map { $0 } ?? [])
            }
            if !all.isEmpty { try await storage.deleteAttributeProperties(device, attribute: attribute, names: all.sorted()) }
        }
    }

    // MARK: - Queue

    /// Whether the database does not know everything yet. Costs one atomic load.
    var hasPendingWrites: Bool { self.queue.isFlagged }

    /// Appends work for the database to the queue. A command that caused it replies when it is done.
    /// - Parameters:
    ///   - failureText: logged if the work fails.
    ///   - subject: the attribute, command or property that the work is about.
    func enqueueWrite(_ failureText: String, _ subject: String, _ work: @escaping @Sendable () async throws -> Void) {
        self.queue.withLock { queue in
            let previous = queue.last
            queue.count += 1
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
