import NIOCore
import NIOPosix

/// Runs tasks on an event loop, so that work between a socket and a socket of the same loop changes no thread.
package final class EventLoopExecutor: TaskExecutor {
    package let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// The executors of a group's event loops.
package struct EventLoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: EventLoopExecutor]
    private let group: any EventLoopGroup

    package init(_ group: any EventLoopGroup) {
        self.group = group
        self.executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
    }

    /// That of an event loop of the group.
    package subscript(eventLoop: any EventLoop) -> EventLoopExecutor? { self.executors[ObjectIdentifier(eventLoop)] }

    /// That of the event loop the caller is on; `nil` when it is on none of the group.
    package var current: EventLoopExecutor? { MultiThreadedEventLoopGroup.currentEventLoop.flatMap { self[$0] } }

    /// That of the event loop the caller is on, or of any.
    package func any() -> EventLoopExecutor {
        if let current = self.current { return current }
        let next = self.group.next()
        return self[next] ?? EventLoopExecutor(next)
    }
}
