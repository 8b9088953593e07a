import NIOCore
import TangoClient
import TangoCore
import TangoWire

/// Receives the outcome of an operation that could not be finished at once.
protocol OutcomeReceiver: Sendable {
    /// Where operations of inline classes continue.
    var eventLoop: any EventLoop { get }
    /// Trace of the request, for handlers that run later; `nil` for most requests.
    var trace: RequestTrace? { get }
    /// Called once, from any thread, before the gate is free again.
    func finish(_ outcome: Result<DeviceResult, any Error>)
}

extension OutcomeReceiver {
    var trace: RequestTrace? { nil }
}

/// The trace of a request. A class, so that requests without one pay for an empty pointer only.
final class RequestTrace: Sendable {
    private let context: TraceContext

    init(_ context: TraceContext) {
        self.context = context
    }

    /// Runs the body with the trace as the current one.
    func run(_ body: () -> Void) { TraceContext.$current.withValue(self.context) { body() } }
}

/// Runs operations on devices, for clients, for polling and for the server itself: takes the device's gate, continues where the class wants
/// its handlers to run, and in a task from the first handler that has to be awaited.
enum OperationRunner {
    typealias Outcome = Result<DeviceResult, any Error>

    /// Runs the operation.
    /// - Parameter makeReceiver: called only when the outcome comes later.
    /// - Returns: the outcome when it is there at once (handlers inline and synchronous, device free), else `nil`.
    static func run<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, on runtime: DeviceRuntime, _ makeReceiver: () -> Receiver
    ) -> Outcome? {
        // The way of nearly all requests: device free, handlers synchronous and quick, answered without leaving the event loop.
        let gate = runtime.gate(for: operation)
        if runtime.deviceClass.execution == .inline, gate?.tryAcquire() ?? true {
            var operation = operation
            do {
                switch try operation.advance(runtime) {
                case .finished(let result):
                    gate?.release()
                    return .success(result)
                case .suspended(let suspension):
                    Self.continueInTask(operation, suspension, runtime, gate, makeReceiver())
                    return nil
                }
            } catch {
                gate?.release()
                return .failure(error)
            }
        }
        let receiver = makeReceiver()
        @Sendable func gateOpened(_ isHeld: Bool) {
            guard isHeld else {
                receiver.finish(operation.timedOut)
                return
            }
            switch runtime.deviceClass.execution {
            case .inline: receiver.eventLoop.execute { Self.runTraced(operation, runtime, gate, receiver) }
            case .blocking:
                runtime.server.pool.submit { state in
                    guard case .active = state else {
                        gate?.release()
                        receiver.finish(.failure(DevFailed.serverIsShuttingDown))
                        return
                    }
                    Self.runTraced(operation, runtime, gate, receiver)
                }
            }
        }
        if let gate {
            gate.acquire(within: runtime.server.gateTimeout, on: receiver.eventLoop) { gateOpened($0) }
        } else {
            gateOpened(true)
        }
        return nil
    }

    /// Runs the operation in the current task and waits for its outcome. A task that holds the device's gate passes it again.
    static func run<Operation: GatedOperation>(_ operation: Operation, on runtime: DeviceRuntime) async -> Outcome {
        guard let gate = runtime.gate(for: operation), !gate.isHeldByTask else { return await Self.runInTask(operation, runtime) }
        guard await gate.acquire(within: runtime.server.gateTimeout, on: runtime.server.eventLoops.any()) else {
            return operation.timedOut
        }
        defer { gate.release() }
        return await gate.whileHeld { await Self.runInTask(operation, runtime) }
    }

    // MARK: - With the gate held

    private static func runInTask<Operation: GatedOperation>(_ operation: Operation, _ runtime: DeviceRuntime) async -> Outcome {
        guard !runtime.isEnded else { return .failure(SystemException.objectNotExist) }
        let executor = runtime.deviceClass.execution == .blocking ? runtime.server.poolExecutor : nil
        return await InProcess.$target.withValue(runtime.handlerServer) {
            await withTaskExecutorPreference(executor) {
                var operation = operation
                do {
                    switch try operation.advance(runtime) {
                    case .finished(let result): return .success(result)
                    case .suspended(let suspension): return await Self.continueOperation(operation, suspension, runtime)
                    }
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    /// On the class's thread, with the trace of the request.
    private static func runTraced<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ runtime: DeviceRuntime, _ gate: Gate?, _ receiver: Receiver
    ) {
        guard let trace = receiver.trace else { return Self.runNow(operation, runtime, gate, receiver) }
        trace.run { Self.runNow(operation, runtime, gate, receiver) }
    }

    private static func runNow<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ runtime: DeviceRuntime, _ gate: Gate?, _ receiver: Receiver
    ) {
        var operation = operation
        do {
            // It waited for a device that was replaced meanwhile: the client looks the new one up.
            guard !runtime.isEnded else { throw SystemException.objectNotExist }
            switch try operation.advance(runtime) {
            case .finished(let result):
                receiver.finish(.success(result))
                gate?.release()
            case .suspended(let suspension): Self.continueInTask(operation, suspension, runtime, gate, receiver)
            }
        } catch {
            receiver.finish(.failure(error))
            gate?.release()
        }
    }

    /// Continues in a task that holds the gate until the operation is over.
    private static func continueInTask<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ suspension: Operation.Suspension, _ runtime: DeviceRuntime, _ gate: Gate?, _ receiver: Receiver
    ) {
        let executor = runtime.deviceClass.execution == .blocking ? runtime.server.poolExecutor : nil
        Task.immediate(executorPreference: executor) {
            let outcome = await InProcess.$target.withValue(runtime.handlerServer) {
                if let gate {
                    await gate.whileHeld { await Self.continueOperation(operation, suspension, runtime) }
                } else {
                    await Self.continueOperation(operation, suspension, runtime)
                }
            }
            // Before the gate is free: a server that stops waits for it, and then closes the connections.
            receiver.finish(outcome)
            gate?.release()
        }
    }

    private static func continueOperation<Operation: GatedOperation>(
        _ operation: Operation, _ suspension: Operation.Suspension, _ runtime: DeviceRuntime
    ) async -> Outcome {
        var operation = operation
        var suspension = suspension
        do {
            while true {
                try await operation.resume(after: suspension, runtime)
                switch try operation.advance(runtime) {
                case .finished(let result): return .success(result)
                case .suspended(let next): suspension = next
                }
            }
        } catch {
            return .failure(error)
        }
    }
}

extension RequestOperation {
    /// Runs the operation.
    /// - Parameter makeReceiver: called only when the outcome comes later.
    /// - Returns: the outcome when it is there at once, else `nil`.
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

    /// Runs the operation in the current task and waits for its outcome.
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
