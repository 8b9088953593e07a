import Synchronization

/// Runs work that may hang: after the limit the caller goes on with `nil`, and the work is cancelled.
///
/// The work is not waited for, since a call to a silent device may take its own time to notice the cancellation.
func withDeadline<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async -> Value) async -> Value? {
    let race = Race<Value>()
    let worker = Task { race.finish(await work()) }
    let timer = Task {
        try? await Task.sleep(for: limit)
        race.finish(nil)
    }
    let winner = await withTaskCancellationHandler {
        await race.result
    } onCancel: {
        worker.cancel()
        timer.cancel()
    }
    worker.cancel()
    timer.cancel()
    return winner
}

/// The first result, for one waiter.
private final class Race<Value: Sendable>: Sendable {
    private enum State {
        case running
        case waiting(CheckedContinuation<Value?, Never>)
        case finished(Value?)
    }

    private let state = Mutex(State.running)

    func finish(_ value: Value?) {
        let waiter: CheckedContinuation<Value?, Never>? = self.state.withLock { state in
            switch state {
            case .running:
                state = .finished(value)
                return nil
            case .waiting(let continuation):
                state = .finished(value)
                return continuation
            case .finished: return nil
            }
        }
        waiter?.resume(returning: value)
    }

    var result: Value? {
        get async {
            await withCheckedContinuation { continuation in
                let finished: Value?? = self.state.withLock { state in
                    if case .finished(let value) = state { return .some(value) }
                    state = .waiting(continuation)
                    return .none
                }
                if let finished { continuation.resume(returning: finished) }
            }
        }
    }
}
