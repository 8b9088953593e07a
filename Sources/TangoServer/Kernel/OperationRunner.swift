import NIOCore
import TangoCore
import TangoWire

/// Takes the outcome of an operation that could not be finished at once.
protocol OutcomeReceiver: Sendable {
    /// Where work of inline classes goes on.
    var eventLoop: any EventLoop { get }
    /// Called once, from any thread, before the gate is free again.
    func finish(_ outcome: Result<DeviceResult, any Error>)
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
        if runtime.deviceClass.execution == .inline, runtime.gate?.tryAcquire() ?? true {
            var operation = operation
            do {
                switch try operation.advance(runtime) {
                case .finished(let result):
                    runtime.gate?.release()
                    return .success(result)
                case .await(let step):
                    Self.finish(operation, step, runtime, makeReceiver())
                    return nil
                }
            } catch {
                runtime.gate?.release()
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
            case .inline: receiver.eventLoop.execute { Self.start(operation, runtime, receiver) }
            case .blocking:
                runtime.environment.pool.submit { state in
                    guard case .active = state else {
                        runtime.gate?.release()
                        receiver.finish(.failure(DevFailed(.shutdownInProgress, "The server is shutting down")))
                        return
                    }
                    Self.start(operation, runtime, receiver)
                }
            }
        }
        if let gate = runtime.gate {
            gate.acquire(within: runtime.environment.gateTimeout, on: receiver.eventLoop) { enter($0) }
        } else {
            enter(true)
        }
        return nil
    }

    /// Runs the operation and waits for its outcome. A task that holds the device's gate goes straight in.
    static func run<Operation: GatedOperation>(_ operation: Operation, on runtime: DeviceRuntime) async -> Outcome {
        if let gate = runtime.gate, gate.isHeldByTask {
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
        return await withCheckedContinuation { continuation in
            let outcome = Self.run(operation, on: runtime) {
                ContinuationReceiver(eventLoop: runtime.environment.eventLoops.any(), continuation: continuation)
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    private struct ContinuationReceiver: OutcomeReceiver {
        let eventLoop: any EventLoop
        let continuation: CheckedContinuation<Outcome, Never>
        func finish(_ outcome: Outcome) { self.continuation.resume(returning: outcome) }
    }

    /// The gate is held.
    private static func start<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ runtime: DeviceRuntime, _ receiver: Receiver
    ) {
        var operation = operation
        do {
            // It waited for a device that was replaced meanwhile: the client looks the new one up.
            guard !runtime.isEnded else { throw SystemException.objectNotExist }
            switch try operation.advance(runtime) {
            case .finished(let result):
                receiver.finish(.success(result))
                runtime.gate?.release()
            case .await(let step): Self.finish(operation, step, runtime, receiver)
            }
        } catch {
            receiver.finish(.failure(error))
            runtime.gate?.release()
        }
    }

    /// Goes on in a task that holds the gate until the operation is over.
    private static func finish<Operation: GatedOperation, Receiver: OutcomeReceiver>(
        _ operation: Operation, _ step: AsyncStep, _ runtime: DeviceRuntime, _ receiver: Receiver
    ) {
        Task.immediate {
            let outcome =
                if let gate = runtime.gate {
                    await gate.whileHeld { await Self.goOn(operation, step, runtime) }
                } else {
                    await Self.goOn(operation, step, runtime)
                }
            // Before the gate is free: a server that stops waits for it, and then closes the connections.
            receiver.finish(outcome)
            runtime.gate?.release()
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
