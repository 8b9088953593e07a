import NIOCore
import NIOPosix
import Synchronization

/// Work of the processor that would hold up the other requests of an event loop: it is done on the thread pool.
enum LongWork {
    /// Does the work: on the thread pool if it is long, else at once.
    ///
    /// It is never done on the caller's thread when it is long, unless there is no thread pool any more.
    /// - Parameters:
    ///   - isLong: whether it takes too long for an event loop.
    ///   - loop: event loop of the caller.
    ///   - cancellation: error of work that is cancelled while it waits for a thread; `nil`: it is done all the same.
    static func run<Value: Sendable, Failure: Error>(
        if isLong: Bool, from loop: any EventLoop, cancellation: Failure? = nil, _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard isLong else { return try work() }
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
