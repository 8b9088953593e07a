import NIOCore
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// Finds the device a request is for and has it served: at once where the kernel can answer itself or the handler is inline and the
/// device is free, else as soon as the device is free.
package final class RequestDispatcher: IIOPDispatcher {
    private let objects = Mutex<[String: DeviceRuntime]>([:])

    package init() {}

    package func insert(_ runtime: DeviceRuntime) { self.objects.withLock { $0[runtime.objectKey] = runtime } }
    package func remove(_ runtime: DeviceRuntime) { self.objects.withLock { $0[runtime.objectKey] = nil } }
    package func isKnown(objectKey: String) -> Bool { self.objects.withLock { $0[objectKey] != nil } }

    package func dispatch(
        _ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle
    ) -> DispatchOutcome {
        let header = request.header
        guard let key = header.objectKey else { return Self.immediate(header, .failure(SystemException.unknownAddressing)) }
        guard let runtime = self.objects.withLock({ $0[key] }) else {
            return Self.immediate(header, .failure(SystemException.objectNotExist))
        }
        guard case .known(let operation) = header.operation, operation.interface <= runtime.interfaceVersion else {
            return Self.immediate(header, .failure(SystemException.badOperation))
        }
        let call: DeviceCall
        do {
            call = try request.call(operation)
        } catch {
            // Bytes left over: the incumbents drop the connection.
            return error == .trailingBytes ? .close : Self.immediate(header, .failure(SystemException.marshal(error)))
        }
        if let answer = runtime.answer(call) {
            runtime.record(call, operation, from: .client(peer))
            return Self.immediate(header, answer)
        }
        runtime.record(call, operation, from: .client(peer))
        switch call {
        case .command(let name, let argument, _, _, _):
            return Self.serve(CommandOperation(name: name, argument: argument), header, runtime, reply)
        case .readAttributes(let names, let source, _, let version):
            return Self.serve(ReadOperation(names: names, source: source, version: version), header, runtime, reply)
        case .writeAttributes(let values, _, let version):
            return Self.serve(WriteOperation(values: values, read: nil, version: version), header, runtime, reply)
        case .writeReadAttributes(let values, let names, _, _):
            return Self.serve(WriteOperation(values: values, read: names, version: 4), header, runtime, reply)
        case .setAttributeConfigs(let configs, _, let version):
            return Self.serve(ConfigureOperation(configs: configs, version: version), header, runtime, reply)
        case .readPipe(let name, _): return Self.serve(PipeOperation(name: name, write: nil, reads: true), header, runtime, reply)
        case .writePipe(let value, _):
            return Self.serve(PipeOperation(name: value.name, write: value.blob, reads: false), header, runtime, reply)
        case .writeReadPipe(let value, _):
            return Self.serve(PipeOperation(name: value.name, write: value.blob, reads: true), header, runtime, reply)
        case .state: return Self.serve(StateOperation(kind: .state), header, runtime, reply)
        case .status: return Self.serve(StateOperation(kind: .status), header, runtime, reply)
        default: return Self.immediate(header, .failure(SystemException.badOperation))
        }
    }

    private struct Receiver: OutcomeReceiver {
        let header: RequestHeader
        let reply: ReplyHandle
        var eventLoop: any EventLoop { self.reply.eventLoop }
        func finish(_ outcome: Result<DeviceResult, any Error>) { RequestDispatcher.send(self.header, outcome, self.reply) }
    }

    private static func serve<Operation: GatedOperation>(
        _ operation: Operation, _ header: RequestHeader, _ runtime: DeviceRuntime, _ makeReply: () -> ReplyHandle
    ) -> DispatchOutcome {
        let outcome = OperationRunner.run(operation, on: runtime) { Receiver(header: header, reply: makeReply()) }
        return outcome.map { Self.immediate(header, $0) } ?? .pending
    }

    private static func send(_ header: RequestHeader, _ outcome: Result<DeviceResult, any Error>, _ reply: ReplyHandle) {
        guard header.isResponseExpected else {
            reply.done()
            return
        }
        reply.send(Self.encode(header, outcome))
    }

    private static func immediate(_ header: RequestHeader, _ outcome: Result<DeviceResult, any Error>) -> DispatchOutcome {
        header.isResponseExpected ? .reply(Self.encode(header, outcome)) : .noReply
    }

    private static func encode(_ header: RequestHeader, _ outcome: Result<DeviceResult, any Error>) -> [ByteBuffer] {
        var writer = CDRWriter()
        func begin(_ status: ReplyStatus, _ writer: inout CDRWriter, body: Bool) {
            ReplyHeader(version: header.version, requestID: header.requestID, status: status).encode(to: &writer, body: body)
        }
        switch outcome {
        case .success(let result):
            begin(.noException, &writer, body: result.hasBody)
            if case .known(let operation) = header.operation { result.encode(for: operation, to: &writer) }
        case .failure(let error as SystemException):
            begin(.systemException, &writer, body: true)
            error.encode(to: &writer)
        case .failure(let error as MultiDevFailed):
            begin(.userException, &writer, body: true)
            UserException.multiDevFailed(error).encode(to: &writer)
        case .failure(let error):
            begin(.userException, &writer, body: true)
            UserException.devFailed(DevFailed(wrapping: error)).encode(to: &writer)
        }
        writer.endMessage()
        return writer.finishSegments()
    }
}

extension GatedOperation {
    var timedOut: Result<DeviceResult, any Error> { .failure(DeviceRuntime.gateTimedOut) }
}

/// The CORBA attributes state and status.
struct StateOperation: GatedOperation {
    enum Kind { case state, status }
    let kind: Kind

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        do {
            try runtime.device?.alwaysExecuted()
        } catch {
            switch self.kind {
            case .state: throw SystemException.implementationLimit(error is DevFailed ? 11 : 12)
            case .status: return .finished(.string("Got exception\twhen trying to build device status"))
            }
        }
        switch self.kind {
        case .state: return .finished(.state(runtime.state))
        case .status: return .finished(.string(runtime.status))
        }
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {}

    /// A state that cannot be had is a system exception: the operation declares no other (measured). A status says so in its text.
    var timedOut: Result<DeviceResult, any Error> {
        switch self.kind {
        case .state: .failure(SystemException.implementationLimit(10))
        case .status: .success(.string("Not able to acquire device monitor"))
        }
    }
}
