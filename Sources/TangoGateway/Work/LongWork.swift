import NIOCore
import NIOPosix
import Synchronization

/// Long computations, which would delay the other requests of an event loop.
enum LongWork {
    /// Does the work on the thread pool, and never on the event loop unless the process has no thread pool any more.
    /// - Parameters:
    ///   - loop: event loop of the caller.
    ///   - cancellation: error of work that is cancelled before it has a thread; `nil`: such work is done all the same.
    static func run<Value: Sendable, Failure: Error>(
        from loop: any EventLoop, cancellation: Failure? = nil, _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        if let cancellation, Task.isCancelled { throw cancellation }
        let isCancelled = cancellation == nil ? nil : CancellationFlag()
        let future = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { () -> Result<Value, Failure> in
            if let cancellation, let isCancelled, isCancelled.isSet { return .failure(cancellation) }
            do throws(Failure) {
                return .success(try work())
            } catch {
                return .failure(error)
            }
        }
        let result = await withTaskCancellationHandler {
            try? await future.get()
        } onCancel: {
            isCancelled?.set()
        }
        guard let result else { return try work() }
        return try result.get()
    }
}

private final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    var isSet: Bool { self.flag.load(ordering: .relaxed) }

    func set() { self.flag.store(true, ordering: .relaxed) }
}
