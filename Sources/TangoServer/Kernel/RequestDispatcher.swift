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
            runtime.record(call, operation, from: peer)
            return Self.immediate(header, answer)
        }
        runtime.record(call, operation, from: peer)
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

    private static func serve<Operation: GatedOperation>(
        _ operation: Operation, _ header: RequestHeader, _ runtime: DeviceRuntime, _ makeReply: () -> ReplyHandle
    ) -> DispatchOutcome {
        // The way of nearly all requests: device free, handlers synchronous and quick, answered without leaving the event loop.
        if runtime.deviceClass.execution == .inline, runtime.gate?.tryAcquire() ?? true {
            var operation = operation
            do {
                switch try operation.advance(runtime) {
                case .finished(let result):
                    runtime.gate?.release()
                    return Self.immediate(header, .success(result))
                case .await(let step):
                    let reply = makeReply()
                    Self.finish(operation, step, header, runtime, reply)
                    return .pending
                }
            } catch {
                runtime.gate?.release()
                return Self.immediate(header, .failure(error))
            }
        }
        let reply = makeReply()
        @Sendable func start() {
            var operation = operation
            do {
                // It waited for a device that was replaced meanwhile: the client looks the new one up.
                guard !runtime.isEnded else { throw SystemException.objectNotExist }
                switch try operation.advance(runtime) {
                case .finished(let result):
                    Self.send(header, .success(result), reply)
                    runtime.gate?.release()
                case .await(let step): Self.finish(operation, step, header, runtime, reply)
                }
            } catch {
                Self.send(header, .failure(error), reply)
                runtime.gate?.release()
            }
        }
        @Sendable func enter(_ isHeld: Bool) {
            guard isHeld else {
                Self.send(header, operation.timedOut, reply)
                return
            }
            switch runtime.deviceClass.execution {
            case .inline: reply.eventLoop.execute { start() }
            case .blocking:
                runtime.environment.pool.submit { state in
                    guard case .active = state else {
                        runtime.gate?.release()
                        Self.send(header, .failure(DevFailed(.shutdownInProgress, "The server is shutting down")), reply)
                        return
                    }
                    start()
                }
            }
        }
        if let gate = runtime.gate {
            gate.acquire(within: runtime.environment.gateTimeout, on: reply.eventLoop) { enter($0) }
        } else {
            enter(true)
        }
        return .pending
    }

    /// Goes on in a task that holds the gate until the operation is over.
    private static func finish<Operation: GatedOperation>(
        _ operation: Operation, _ step: AsyncStep, _ header: RequestHeader, _ runtime: DeviceRuntime, _ reply: ReplyHandle
    ) {
        Task.immediate {
            @Sendable func work() async -> Result<DeviceResult, any Error> {
                var operation = operation
                var step = step
                do {
                    while true {
                        let result: Result<StepResult, any Error>
                        do {
                            result = .success(try await step.run(runtime))
                        } catch {
                            result = .failure(error)
                        }
                        try operation.resume(result, runtime)
                        switch try operation.advance(runtime) {
                        case .finished(let result): return .success(result)
                        case .await(let next): step = next
                        }
                    }
                } catch {
                    return .failure(error)
                }
            }
            let outcome = if let gate = runtime.gate { await gate.whileHeld { await work() } } else { await work() }
            // Before the gate is free: a server that stops waits for it, and then closes the connections.
            Self.send(header, outcome, reply)
            runtime.gate?.release()
        }
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
