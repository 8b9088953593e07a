import TangoCore
import TangoWire

/// One call on a device, over the network or from the server's own code.
struct Request: Sendable {
    let call: DeviceCall
    /// The operation that carries the call.
    let operation: TangoWire.Operation
    let requester: BlackBox.Requester
}

/// How a request is dealt with.
enum Disposition: Sendable {
    /// Answered without the device's gate.
    case answer(OperationRunner.Outcome)
    case operation(RequestOperation)
}

/// The operation a request stands for. An enumeration, so that nothing is boxed.
enum RequestOperation: Sendable {
    case command(CommandOperation)
    case read(ReadOperation)
    case write(WriteOperation)
    case configure(ConfigureOperation)
    case pipe(PipeOperation)
    case state(StateOperation)
    case status(StatusOperation)
    case forwarded(ForwardedQuery)
    case blackBox(BlackBoxQuery)

    /// Runs the operation, as `OperationRunner` does.
    func run<Receiver: OutcomeReceiver>(on runtime: DeviceRuntime, _ makeReceiver: () -> Receiver) -> OperationRunner.Outcome? {
        switch self {
        case .command(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .read(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .write(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .configure(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .pipe(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .state(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .status(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .forwarded(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        case .blackBox(let operation): OperationRunner.run(operation, on: runtime, makeReceiver)
        }
    }

    /// Runs the operation in the current task.
    func run(on runtime: DeviceRuntime) async -> OperationRunner.Outcome {
        switch self {
        case .command(let operation): await OperationRunner.run(operation, on: runtime)
        case .read(let operation): await OperationRunner.run(operation, on: runtime)
        case .write(let operation): await OperationRunner.run(operation, on: runtime)
        case .configure(let operation): await OperationRunner.run(operation, on: runtime)
        case .pipe(let operation): await OperationRunner.run(operation, on: runtime)
        case .state(let operation): await OperationRunner.run(operation, on: runtime)
        case .status(let operation): await OperationRunner.run(operation, on: runtime)
        case .forwarded(let operation): await OperationRunner.run(operation, on: runtime)
        case .blackBox(let operation): await OperationRunner.run(operation, on: runtime)
        }
    }
}
