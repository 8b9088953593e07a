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
}
