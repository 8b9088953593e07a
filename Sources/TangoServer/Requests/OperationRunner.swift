import NIOCore
import TangoClient
import TangoCore
import TangoWire

/// Takes the outcome of an operation that could not be finished at once.
protocol OutcomeReceiver: Sendable {
    /// Where work of inline classes goes on.
    var eventLoop: any EventLoop { get }
    /// What the request is part of, for handlers that run later; `nil` for nearly all.
    var trace: RequestTrace? { get }
    /// Called once, from any thread, before the gate is free again.
    func finish(_ outcome: Result<DeviceResult, any Error>)
}

extension OutcomeReceiver {
    var trace: RequestTrace? { nil }
}

/// The trace a request came with. A class, so that requests without one pay an empty pointer.
final class RequestTrace: Sendable {
    private let context: TraceContext

    init(_ context: TraceContext) {
        self.context = context
    }

    /// Has handlers find the trace.
    func run(_ body: () -> Void) { TraceContext.$current.withValue(self.context) { body() } }
}

/// Runs operations on devices, for clients, the polling and the kernel itself: takes the gate, goes on where the class wants its handlers
/// to run, and in a task from the first handler that has to be awaited.
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
                case .await(let step):
                    Self.finish(operation, step, runtime, gate, makeReceiver())
                    return nil
                }
            } catch {
                gate?.release()
                return .failure(error)
            }
        }
        let receiver = makeReceiver()
        @Sendable func enter(_ isHeld: Bool) {
            guard isHeld else {
                receiver.finish(operation.timedOut)
                return
            }
            switch runtime.deviceClass.execution {
            case .inline: receiver.eventLoop.execute { Self.start(operation, runtime, gate, receiver) }
            case .blocking:
                runtime.server.pool.submit { state in
                    guard case .active = state else {
                        gate?.release()
                        receiver.finish(.failure(DevFailed(.shutdownInProgress, "The server is shutting down")))
                        return
                    }
                    Self.start(operation, runtime, gate, receiver)
                }
            }
        }
        if let gate {
            gate.acquire(within: runtime.server.gateTimeout, on: receiver.eventLoop) { enter($0) }
        } else {
            enter(true)
        }
        return nil
    }

    /// Runs the operation in the current task and waits for its outcome. A task that holds the device's gate goes straight in.
    static func run<Operation: GatedOperation>(_ operation: Operation, on runtime: DeviceRuntime) async -> Outcome {
        guard let gate = runtime.gate(for: operation), !gate.isHeldByTask else { return await Self.perform(operation, runtime) }
        guard await gate.acquire(within: runtime.server.gateTimeout, on: runtime.server.eventLoops.any()) else {
            return operation.timedOut
        }
        defer { gate.release() }
        return await gate.whileHeld { await Self.perform(operation, runtime) }
    }

    /// The gate is held by this task.
    private static func perform<Operation: GatedOperation>(_ operation: Operation, _ runtime: DeviceRuntime) async -> Outcome {
        guard !runtime.isEnded else { return .failure(SystemException.objectNotExist) }
        let executor = runtime.deviceClass.execution == .blocking ? runtime.server.poolExecutor : nil
        return await HandlerTask.$server.withValue(runtime.handlerServer) {
            await withTaskExecutorPreference(executor) {
                var operation = operation
                do {
                    switch try operation.advance(runtime) {
                    case .finished(let result): return .success(result)
                    case .await(let step): return await Self.goOn(operation, step, runtime)
                    }
                } catch {
                    return .failure(error)
                }
            }
        }
    }

    /// The gate is held.
    private static func start<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ runtime: DeviceRuntime, _ gate: Gate?, _ receiver: Receiver
    ) {
        guard let trace = receiver.trace else { return Self.begin(operation, runtime, gate, receiver) }
        trace.run { Self.begin(operation, runtime, gate, receiver) }
    }

    private static func begin<Operation: GatedOperation, Receiver: OutcomeReceiver>(
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
            case .await(let step): Self.finish(operation, step, runtime, gate, receiver)
            }
        } catch {
            receiver.finish(.failure(error))
            gate?.release()
        }
    }

    /// Goes on in a task that holds the gate until the operation is over.
    private static func finish<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ step: AsyncStep, _ runtime: DeviceRuntime, _ gate: Gate?, _ receiver: Receiver
    ) {
        let executor = runtime.deviceClass.execution == .blocking ? runtime.server.poolExecutor : nil
        Task.immediate(executorPreference: executor) {
            let outcome = await HandlerTask.$server.withValue(runtime.handlerServer) {
                if let gate {
                    await gate.whileHeld { await Self.goOn(operation, step, runtime) }
                } else {
                    await Self.goOn(operation, step, runtime)
                }
            }
            // Before the gate is free: a server that stops waits for it, and then closes the connections.
            receiver.finish(outcome)
            gate?.release()
        }
    }

    private static func goOn<Operation: GatedOperation>(
        _ operation: Operation, _ step: AsyncStep, _ runtime: DeviceRuntime
    ) async -> Outcome {
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
}
