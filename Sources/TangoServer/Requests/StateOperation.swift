import TangoCore
import TangoWire

/// Reads the CORBA attribute `state`.
struct StateOperation: GatedOperation {
    private enum Phase {
        case starting
        /// The attributes that the state depends on are read.
        case checked
    }

    private var phase = Phase.starting

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<StateCheck> {
        switch self.phase {
        case .starting:
            do {
                try runtime.device?.alwaysExecuted()
            } catch {
                throw SystemException.implementationLimit(error is DevFailed ? 11 : 12)
            }
            var check = StateCheck(runtime)
            guard check.advance(runtime) else { return .suspended(check) }
        case .checked: break
        }
        return .finished(.state(runtime.stateAndStatus.computedState()))
    }

    mutating func resume(after suspension: StateCheck, _ runtime: DeviceRuntime) async throws {
        await suspension.finish(runtime)
        self.phase = .checked
    }

    /// A state that cannot be read is a system exception: the operation declares no other (cppTango 9.3.4).
    var timedOut: Result<DeviceResult, any Error> { .failure(SystemException.implementationLimit(10)) }
}

/// Reads the CORBA attribute `status`. Failures are in the text.
struct StatusOperation: GatedOperation {
    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Never> {
        do {
            try runtime.device?.alwaysExecuted()
        } catch {
            return .finished(.string("Got exception    when trying to build device status"))
        }
        return .finished(.string(runtime.status))
    }

    mutating func resume(after suspension: Never, _ runtime: DeviceRuntime) async throws {}

    var timedOut: Result<DeviceResult, any Error> { .success(.string("Not able to acquire device monitor")) }
}
