import TangoCore
import TangoWire

/// A request that needs the device.
///
/// Runs without suspension as far as handlers are synchronous, so one implementation serves the event loop, the thread pool and tasks.
/// Where it must await, `advance` returns a suspension: a value of a type of its own that holds what is awaited and everything that the
/// operation needs afterwards.
protocol GatedOperation: Sendable {
    /// What the operation can have to await.
    associatedtype Suspension: Sendable

    /// Continues until the operation is finished or has to await.
    /// - Throws: what the operation fails with.
    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension>
    /// Awaits what `advance` stopped at and takes its result; `advance` is called next.
    /// - Throws: what the operation fails with.
    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws
    /// The result when the device was not free in time.
    var timedOut: Result<DeviceResult, any Error> { get }
    /// Whether it is serialized on devices of every serial model, `SerialModel.none` included.
    var isAlwaysSerialized: Bool { get }
    /// Whether it needs the device for itself; `false` for what never touches the device's object.
    var isSerialized: Bool { get }
}

/// How far an operation has come.
enum Progress<Suspension: Sendable>: Sendable {
    case finished(DeviceResult)
    case suspended(Suspension)
}

extension GatedOperation {
    var isSerialized: Bool { true }
    var isAlwaysSerialized: Bool { false }
    var timedOut: Result<DeviceResult, any Error> { .failure(DevFailed.gateTimedOut) }
}
