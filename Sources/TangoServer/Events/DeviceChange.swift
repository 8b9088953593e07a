import Synchronization
import TangoCore

/// What happens on the devices of a server that somebody outside may want to know: what events are made of.
package enum DeviceChange: Sendable {
    /// A configuration was changed, or all of them may have (DevRestart).
    case attributeConfig(AttributeConfig)
    /// The lists of commands or attributes changed: one for a burst of changes.
    case interface(commands: [CommandInfo], attributes: [AttributeConfig], isDeviceStarted: Bool)
    /// The polling read an attribute.
    case polled(AttributeValue)
    /// The device's code pushed a value.
    case pushed(PushKind, AttributeValue)
    /// The device's code said that data are ready.
    case dataReady(attribute: String, counter: Int32)
    /// The device's code pushed the value of a pipe.
    case pipe(PipeValue)
    /// Polling of that attribute was stopped.
    case pollingStopped(attribute: String)
    /// The polling is late and left this attribute out.
    case pollingLate(attribute: String)
}

/// As what a device pushes a value.
public enum PushKind: Sendable, Hashable {
    case change, archive, user, alarm
}

/// The one stream of changes of a server.
package final class ChangeHub: Sendable {
    package typealias Observer = @Sendable (DeviceName, DeviceChange) -> Void

    private struct State {
        var observers: [(id: UInt64, observe: Observer)] = []
        var nextID: UInt64 = 0
    }

    private let state = Mutex(State())
    private let isObserved = Atomic<Bool>(false)

    package init() {}

    /// Whether anybody listens: what is expensive to make need not be made otherwise.
    package var hasObservers: Bool { self.isObserved.load(ordering: .acquiring) }

    /// Tells everybody, in the order of the calls as far as they come from one task. Observers must be quick and must not block.
    package func send(_ device: DeviceName, _ change: @autoclosure () -> DeviceChange) {
        guard self.hasObservers else { return }
        let observers = self.state.withLock { $0.observers }
        let change = change()
        for observer in observers { observer.observe(device, change) }
    }

    /// - Returns: what `remove` takes.
    package func observe(_ observer: @escaping Observer) -> UInt64 {
        self.state.withLock { state in
            state.nextID += 1
            state.observers.append((state.nextID, observer))
            self.isObserved.store(true, ordering: .releasing)
            return state.nextID
        }
    }

    package func remove(_ id: UInt64) {
        self.state.withLock { state in
            state.observers.removeAll { $0.id == id }
            self.isObserved.store(!state.observers.isEmpty, ordering: .releasing)
        }
    }

    /// All changes from now on. Slow readers lose the oldest beyond `limit`.
    package func changes(limit: Int = 10_000) -> AsyncStream<(device: DeviceName, change: DeviceChange)> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: (device: DeviceName, change: DeviceChange).self, bufferingPolicy: .bufferingNewest(limit))
        let id = self.observe { continuation.yield(($0, $1)) }
        continuation.onTermination = { [weak self] _ in self?.remove(id) }
        return stream
    }
}
