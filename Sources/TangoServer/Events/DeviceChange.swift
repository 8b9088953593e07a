import Synchronization
package import TangoCore

/// Something that happened on a device of a server: the source of its events.
package enum DeviceChange: Sendable {
    /// The configuration of an attribute changed; after DevRestart it is sent for each attribute.
    case attributeConfig(AttributeConfig)
    /// The lists of commands or attributes changed; sent once for a burst of changes.
    case interface(commands: [CommandInfo], attributes: [AttributeConfig], isDeviceStarted: Bool)
    /// Polling read an attribute.
    case polled(AttributeValue)
    /// The device's code pushed a value.
    case pushed(PushKind, AttributeValue)
    /// The device's code announced that data are ready to be read.
    case dataReady(attribute: String, counter: Int32)
    /// The device's code pushed the value of a pipe.
    case pipe(PipeValue)
    /// Polling of an attribute was stopped.
    case pollingStopped(attribute: String)
    /// Polling is late and skipped this attribute.
    case pollingLate(attribute: String)
}

/// The kind of event for which a device pushes a value.
public enum PushKind: Sendable, Hashable {
    /// A change event.
    case change
    /// An archive event.
    case archive
    /// A user event.
    case user
    /// An alarm event (interface 6).
    case alarm
}

extension PushKind {
    /// The kind of event.
    var eventKind: EventKind {
        switch self {
        case .change: .change
        case .archive: .archive
        case .user: .user
        case .alarm: .alarm
        }
    }
}

/// The stream of all changes on the devices of a server.
package final class ChangeHub: Sendable {
    package typealias Observer = @Sendable (DeviceName, DeviceChange) -> Void

    private struct State: FlaggedValue {
        var observers: [(id: UInt64, observe: Observer)] = []
        var nextID: UInt64 = 0

        var isFlagged: Bool { !self.observers.isEmpty }
    }

    private let state = FlaggedMutex(State())

    package init() {}

    /// Whether there are observers; without any, changes that are expensive to describe need not be described.
    package var hasObservers: Bool { self.state.isFlagged }

    /// Passes a change to all observers: changes sent by one task arrive in the order they were sent. Observers must be quick and must
    /// not block.
    package func send(_ device: DeviceName, _ change: @autoclosure () -> DeviceChange) {
        guard let observers = self.state.withLockIfFlagged({ $0.observers }) else { return }
        let change = change()
        for observer in observers { observer.observe(device, change) }
    }

    /// Adds an observer.
    /// - Returns: the number that `remove` takes.
    package func observe(_ observer: @escaping Observer) -> UInt64 {
        self.state.withLock { state in
            state.nextID += 1
            state.observers.append((state.nextID, observer))
            return state.nextID
        }
    }

    /// Removes an observer.
    package func remove(_ id: UInt64) {
        self.state.withLock { state in state.observers.removeAll { $0.id == id } }
    }

    /// Returns the stream of all changes from now on. Slow readers lose the oldest beyond `limit`.
    package func changes(limit: Int = 10_000) -> AsyncStream<(device: DeviceName, change: DeviceChange)> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: (device: DeviceName, change: DeviceChange).self, bufferingPolicy: .bufferingNewest(limit))
        let id = self.observe { continuation.yield(($0, $1)) }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }
}
