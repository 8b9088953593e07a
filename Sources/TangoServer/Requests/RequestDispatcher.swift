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
        if let refusal = runtime.lockRefusal(of: call, from: peer) {
            runtime.record(call, operation, by: .client(peer))
            return Self.immediate(header, .failure(refusal))
        }
        if case .blackBox(let count) = call, let query = BlackBoxQuery(Int(count), runtime.blackBox) {
            runtime.record(call, operation, by: .client(peer))
            return Self.serve(query, header, runtime, nil, reply)
        }
        if let answer = runtime.answer(call) {
            runtime.record(call, operation, by: .client(peer))
            return Self.immediate(header, answer)
        }
        runtime.record(call, operation, by: .client(peer))
        guard let trace = call.identity?.trace else { return Self.serve(call, header, runtime, peer, nil, reply) }
        return TraceContext.$current.withValue(trace) { Self.serve(call, header, runtime, peer, RequestTrace(trace), reply) }
    }

    private static func serve(
        _ call: DeviceCall, _ header: RequestHeader, _ runtime: DeviceRuntime, _ peer: PeerAddress, _ trace: RequestTrace?,
        _ reply: () -> ReplyHandle
    ) -> DispatchOutcome {
        switch call {
        case .command(let name, let argument, _, let identity, _):
            let caller = runtime.deviceClass.passesCaller ? Caller(identity: identity, peer: peer) : nil
            return Self.serve(CommandOperation(name: name, argument: argument, caller: caller), header, runtime, trace, reply)
        case .readAttributes(let names, let source, _, let version):
            return Self.serve(ReadOperation(names: names, source: source, version: version), header, runtime, trace, reply)
        case .writeAttributes(let values, _, let version):
            return Self.serve(WriteOperation(values: values, read: nil, version: version), header, runtime, trace, reply)
        case .state: return Self.serve(StateOperation(kind: .state), header, runtime, trace, reply)
        default:
            guard let operation = Self.operation(for: call, on: runtime, peer) else {
                return Self.immediate(header, .failure(SystemException.badOperation))
            }
            return Self.serve(operation, header, runtime, trace, reply)
        }
    }

    /// The operation a call stands for; `nil` for what the kernel answers itself. `dispatch` makes the frequent ones itself, unboxed.
    private static func operation(for call: DeviceCall, on runtime: DeviceRuntime, _ peer: PeerAddress) -> (any GatedOperation)? {
        switch call {
        case .command(let name, let argument, _, let identity, _):
            let caller = runtime.deviceClass.passesCaller ? Caller(identity: identity, peer: peer) : nil
            return CommandOperation(name: name, argument: argument, caller: caller)
        case .readAttributes(let names, let source, _, let version): return ReadOperation(names: names, source: source, version: version)
        case .writeAttributes(let values, _, let version): return WriteOperation(values: values, read: nil, version: version)
        case .writeReadAttributes(let values, let names, _, _): return WriteOperation(values: values, read: names, version: 4)
        case .setAttributeConfigs(let configs, _, let version): return ConfigureOperation(configs: configs, version: version)
        case .attributeConfigs(let names, let version): return RootQuery(.configs(names, version: version))
        case .attributeHistory(let name, let count, _): return RootQuery(.history(name, count: Int(count)))
        case .readPipe(let name, _): return PipeOperation(name: name, write: nil, reads: true)
        case .writePipe(let value, _): return PipeOperation(name: value.name, write: value.blob, reads: false)
        case .writeReadPipe(let value, _): return PipeOperation(name: value.name, write: value.blob, reads: true)
        case .state: return StateOperation(kind: .state)
        case .status: return StateOperation(kind: .status)
        default: return nil
        }
    }

    /// Serves a call that did not come over the network, in the current task.
    func perform(_ call: DeviceCall, objectKey: String, requester: BlackBox.Requester) async -> OperationRunner.Outcome {
        guard let runtime = self.objects.withLock({ $0[objectKey] }) else { return .failure(SystemException.objectNotExist) }
        let operation = call.operation
        guard operation.interface <= runtime.interfaceVersion else { return .failure(SystemException.badOperation) }
        if case .blackBox(let count) = call, let query = BlackBoxQuery(Int(count), runtime.blackBox) {
            runtime.record(call, operation, by: requester)
            return await OperationRunner.run(query, on: runtime)
        }
        let refusal = runtime.lockRefusal(of: call, from: requester.peer)
        let answer = refusal.map { .failure($0) } ?? runtime.answer(call)
        runtime.record(call, operation, by: requester)
        if let answer { return answer }
        guard let operation = Self.operation(for: call, on: runtime, requester.peer) else {
            return .failure(SystemException.badOperation)
        }
        return await OperationRunner.run(operation, on: runtime)
    }

    private struct Receiver: OutcomeReceiver {
        let header: RequestHeader
        let reply: ReplyHandle
        let trace: RequestTrace?
        var eventLoop: any EventLoop { self.reply.eventLoop }
        func finish(_ outcome: Result<DeviceResult, any Error>) { RequestDispatcher.send(self.header, outcome, self.reply) }
    }

    private static func serve<Operation: GatedOperation>(
        _ operation: Operation, _ header: RequestHeader, _ runtime: DeviceRuntime, _ trace: RequestTrace?,
        _ makeReply: () -> ReplyHandle
    ) -> DispatchOutcome {
        let outcome = OperationRunner.run(operation, on: runtime) { Receiver(header: header, reply: makeReply(), trace: trace) }
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
