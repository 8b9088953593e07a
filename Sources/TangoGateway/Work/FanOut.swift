import Synchronization
import TangoIIOP

/// Runs work on many devices concurrently, of which some may not answer.
///
/// The number of devices in work is limited. A slow device frees its slot but keeps running, so slow devices cannot block others;
/// unfinished work is cancelled at the deadline.
enum FanOut {
    /// Returns the results in the order of the items; `nil` for work that was not done in time.
    /// - Parameters:
    ///   - width: number of slots.
    ///   - grace: extra time for items that are not awaited; calls already sent continue.
    ///   - isAwaited: whether to wait for the item until the deadline.
    static func run<Item: Sendable, Value: Sendable>(
        _ items: [Item], on executor: EventLoopExecutor, until deadline: ContinuousClock.Instant, width: Int = 64,
        grace: Duration = .zero, isAwaited: (Item) -> Bool = { _ in true }, _ work: @escaping @Sendable (Item) async -> Value
    ) async -> [Value?] {
        guard items.count > 1 else {
            guard let item = items.first else { return [] }
            return [await withDeadline(deadline - .now, on: executor) { await work(item) }]
        }
        let run = FanOutRun(items: items, isAwaited: items.map(isAwaited), width: width, executor: executor, work: work)
        let graceEnd = ContinuousClock.now + grace
        // An item keeps its slot for one or two turns: short enough that all items start in the first half of the time, even if none answers.
        let rounds = (items.count + width - 1) / width
        let turn = min(max((deadline - .now) / (4 * rounds), .milliseconds(2)), .milliseconds(100))
        let timer = Task {
            while ContinuousClock.now < deadline, (try? await Task.sleep(for: min(turn, deadline - .now))) != nil {
                run.nextTurn(isGraceOver: ContinuousClock.now >= graceEnd)
            }
            run.end(cancelling: true)
        }
        let results = await withTaskCancellationHandler {
            await run.results()
        } onCancel: {
            run.end(cancelling: true)
        }
        timer.cancel()
        return results
    }
}

private final class FanOutRun<Item: Sendable, Value: Sendable>: Sendable {
    private struct State {
        var next = 0
        /// Items that hold a slot, and since which turn.
        var slots: [Int: Int] = [:]
        var turn = 0
        var tasks: [Int: Task<Void, Never>] = [:]
        var results: [Value?]
        var remaining: Int
        var awaited: Int
        var isGraceOver = false
        var isOver = false
        var waiter: CheckedContinuation<[Value?], Never>?

        var isDone: Bool { !self.isOver && (self.remaining == 0 || (self.awaited == 0 && self.isGraceOver)) }
    }

    private let items: [Item]
    private let isAwaited: [Bool]
    private let width: Int
    private let executor: EventLoopExecutor
    private let work: @Sendable (Item) async -> Value
    private let state: Mutex<State>

    init(
        items: [Item], isAwaited: [Bool], width: Int, executor: EventLoopExecutor, work: @escaping @Sendable (Item) async -> Value
    ) {
        self.items = items
        self.isAwaited = isAwaited
        self.width = width
        self.executor = executor
        self.work = work
        self.state = Mutex(
            State(
                results: Array(repeating: nil, count: items.count), remaining: items.count, awaited: isAwaited.count { $0 }))
    }

    func results() async -> [Value?] {
        await withCheckedContinuation { continuation in
            let results: [Value?]? = self.state.withLock { state in
                if state.isOver { return state.results }
                state.waiter = continuation
                return nil
            }
            if let results { continuation.resume(returning: results) } else { self.startMore() }
        }
    }

    private func startMore() {
        self.state.withLock { state in
            while !state.isOver, state.slots.count < self.width, state.next < self.items.count {
                let index = state.next
                state.next += 1
                state.slots[index] = state.turn
                state.tasks[index] = Task(executorPreference: self.executor) { self.finished(index, await self.work(self.items[index])) }
            }
        }
    }

    private func finished(_ index: Int, _ value: Value) {
        let isDone = self.state.withLock { state in
            guard !state.isOver else { return false }
            state.results[index] = value
            state.slots[index] = nil
            state.tasks[index] = nil
            state.remaining -= 1
            if self.isAwaited[index] { state.awaited -= 1 }
            return state.isDone
        }
        if isDone { self.end(cancelling: false) } else { self.startMore() }
    }

    func nextTurn(isGraceOver: Bool) {
        let isDone = self.state.withLock { state in
            let turn = state.turn
            state.slots = state.slots.filter { $0.value >= turn }
            state.turn += 1
            state.isGraceOver = isGraceOver
            return state.isDone
        }
        if isDone { self.end(cancelling: false) } else { self.startMore() }
    }

    func end(cancelling: Bool) {
        let (waiter, results, tasks) = self.state.withLock { state in
            state.isOver = true
            defer {
                state.waiter = nil
                state.tasks = [:]
            }
            return (state.waiter, state.results, Array(state.tasks.values))
        }
        if cancelling { for task in tasks { task.cancel() } }
        waiter?.resume(returning: results)
    }
}
