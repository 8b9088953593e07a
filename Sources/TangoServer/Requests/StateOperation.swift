import TangoCore
import TangoWire

/// The CORBA attributes state and status.
struct StateOperation: GatedOperation {
    enum Kind { case state, status }
    let kind: Kind
    private var condition: ConditionReading?

    init(kind: Kind) {
        self.kind = kind
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        do {
            if self.condition == nil {
                try runtime.device?.alwaysExecuted()
                self.condition = self.kind == .state ? ConditionReading(runtime) : nil
            }
            if let step = try self.condition?.advance(runtime) { return .await(step) }
        } catch {
            switch self.kind {
            case .state: throw SystemException.implementationLimit(error is DevFailed ? 11 : 12)
            case .status: return .finished(.string("Got exception    when trying to build device status"))
            }
        }
        switch self.kind {
        case .state: return .finished(.state(runtime.computedState()))
        case .status: return .finished(.string(runtime.status))
        }
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        try self.condition?.resume(result, runtime)
    }

    /// A state that cannot be had is a system exception: the operation declares no other (measured). A status says so in its text.
    var timedOut: Result<DeviceResult, any Error> {
        switch self.kind {
        case .state: .failure(SystemException.implementationLimit(10))
        case .status: .success(.string("Not able to acquire device monitor"))
        }
    }
}
