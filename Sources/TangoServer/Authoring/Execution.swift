/// Where the handlers of a class run.
public enum Execution: Sendable, Hashable {
    /// On a pool of threads, where they may block. The safe default; costs a change of thread per request (about 15 µs).
    case blocking
    /// On the event loop that read the request. For handlers that never block: one that does holds up all clients of that event loop.
    case inline
}

/// Which requests are serialized. Requests of one unit never overlap, not even while a handler awaits (RFC-8).
public enum SerialModel: Sendable, Hashable {
    /// The requests to one device.
    case byDevice
    /// The requests to all devices of the class.
    case byClass
    /// The requests to all devices of the process whose class says so.
    case byProcess
    /// Only writes and changes of the configuration, by device. Reads and commands may overlap; the device does its own locking.
    case none
}
