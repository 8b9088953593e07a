import NIOCore
import Synchronization
import TangoIIOP
import Testing

@testable import TangoGateway

@Suite struct LongWorkTests {
    @Test func longWorkLeavesTheEventLoopAndItsErrorsComeBack() async throws {
        let executor = anyEventLoop
        let task = Task(executorPreference: executor) {
            let isOnLoop = await LongWork.run(from: executor.eventLoop) { executor.eventLoop.inEventLoop }
            let isBack = executor.eventLoop.inEventLoop
            do throws(HTTPFailure) {
                try await LongWork.run(from: executor.eventLoop) { () throws(HTTPFailure) -> Void in throw .badRequest("no") }
                return (isOnLoop, isBack, nil as HTTPFailure?)
            } catch {
                return (isOnLoop, isBack, error)
            }
        }
        let (isOnLoop, isBack, failure) = await task.value
        #expect(!isOnLoop && isBack && failure == .badRequest("no"))
    }

    @Test func cancelledWorkIsNotBegunUnlessItMustBe() async {
        let executor = anyEventLoop
        let count = Atomic<Int>(0)
        let failure = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            _ = await LongWork.run(from: executor.eventLoop) { count.add(1, ordering: .relaxed) }
            do throws(HTTPFailure) {
                try await LongWork.run(from: executor.eventLoop, cancellation: .cancelled) { () throws(HTTPFailure) -> Void in
                    count.add(10, ordering: .relaxed)
                }
                return nil as HTTPFailure?
            } catch {
                return error
            }
        }.value
        let begun = count.load(ordering: .relaxed)
        #expect(begun == 1 && failure == .cancelled)
    }
}
