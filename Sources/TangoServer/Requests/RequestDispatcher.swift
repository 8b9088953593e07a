import NIOCore
import Synchronization
import TangoCore
package import TangoIIOP
import TangoWire

/// Finds the device of a request and has it handled: at once where no gate is needed or the handler is inline and the device is free, else
/// as soon as the device is free.
package final class RequestDispatcher: IIOPDispatcher {
    private let objects = Mutex<[String: DeviceRuntime]>([:])

    package init() {}

    package func insert(_ runtime: DeviceRuntime) { self.objects.withLock { $0[runtime.objectKey] = runtime } }
    package func remove(_ runtime: DeviceRuntime) { self.objects.withLock { $0[runtime.objectKey] = nil } }
    package func isKnown(objectKey: String) -> Bool { self.objects.withLock { $0[objectKey] != nil } }

    /// Handles a request from the network.
    package func dispatch(
        _ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle
    ) -> DispatchOutcome {
        let header = request.header
        guard let key = header.objectKey else { return Self.immediate(header, .failure(SystemException.unknownAddressing)) }
        guard let runtime = self.objects.withLock({ $0[key] }) else {
            return Self.immediate(header, .failure(SystemException.objectNotExist))
        }
        guard case .known(let operation) = header.operation else {
            return Self.immediate(header, .failure(SystemException.badOperation))
        }
        let call: DeviceCall
        do {
            call = try request.call(operation)
        } catch {
            // omniORB 4.2.2 closes the connection on bytes left over.
            return error == .trailingBytes ? .close : Self.immediate(header, .failure(SystemException.marshal(error)))
        }
        switch runtime.handle(Request(call: call, operation: operation, requester: .client(peer))) {
        case .answer(let outcome): return Self.immediate(header, outcome)
        case .operation(let operation):
            guard let trace = call.identity?.trace else { return Self.run(operation, header, runtime, nil, reply) }
            return TraceContext.$current.withValue(trace) { Self.run(operation, header, runtime, RequestTrace(trace), reply) }
        }
    }

    /// Handles a call from the server's own code, in the current task.
    func perform(_ call: DeviceCall, objectKey: String, requester: BlackBox.Requester) async -> OperationRunner.Outcome {
        guard let runtime = self.objects.withLock({ $0[objectKey] }) else { return .failure(SystemException.objectNotExist) }
        switch runtime.handle(Request(call: call, operation: call.operation, requester: requester)) {
        case .answer(let outcome): return outcome
        case .operation(let operation): return await operation.run(on: runtime)
        }
    }

    // MARK: - Replies

    private struct Receiver: OutcomeReceiver {
        let header: RequestHeader
        let reply: ReplyHandle
        let trace: RequestTrace?
        var eventLoop: any EventLoop { self.reply.eventLoop }
        func finish(_ outcome: OperationRunner.Outcome) {
            if self.header.isResponseExpected {
                self.reply.send(RequestDispatcher.encode(self.header, outcome))
            } else {
                self.reply.done()
            }
        }
    }

    private static func run(
        _ operation: RequestOperation, _ header: RequestHeader, _ runtime: DeviceRuntime, _ trace: RequestTrace?,
        _ makeReply: () -> ReplyHandle
    ) -> DispatchOutcome {
        let outcome = operation.run(on: runtime) { Receiver(header: header, reply: makeReply(), trace: trace) }
        return outcome.map { Self.immediate(header, $0) } ?? .pending
    }

    private static func immediate(_ header: RequestHeader, _ outcome: OperationRunner.Outcome) -> DispatchOutcome {
        header.isResponseExpected ? .reply(Self.encode(header, outcome)) : .noReply
    }

    private static func encode(_ header: RequestHeader, _ outcome: OperationRunner.Outcome) -> [ByteBuffer] {
        var writer = CDRWriter()
        func begin(_ status: ReplyStatus, _ writer: inout CDRWriter, body: Bool) {
            ReplyHeader(version: header.version, requestID: header.requestID, status: status).encode(to: &writer, body: body)
        }
        switch outcome {
        case .success(let result):
            begin(.noException, &writer, body: result.hasBody)
            if case .known(let operation) = header.operation { result.wireErrors().encode(for: operation, to: &writer) }
        case .failure(let error as SystemException):
            begin(.systemException, &writer, body: true)
            error.encode(to: &writer)
        case .failure(let error as MultiDevFailed):
            begin(.userException, &writer, body: true)
            UserException.multiDevFailed(error).wireTexts().encode(to: &writer)
        case .failure(let error):
            begin(.userException, &writer, body: true)
            UserException.devFailed(DevFailed(wrapping: error)).wireTexts().encode(to: &writer)
        }
        writer.endMessage()
        return writer.finishSegments()
    }
}
