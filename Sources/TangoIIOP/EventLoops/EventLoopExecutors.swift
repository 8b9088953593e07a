package import NIOCore
import NIOPosix

/// The task executors of a group's event loops, one per loop.
package struct EventLoopExecutors: Sendable {
    private let executors: [ObjectIdentifier: EventLoopExecutor]
    private let group: any EventLoopGroup

    package init(_ group: any EventLoopGroup) {
        self.group = group
        self.executors = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
    }

    /// The executor of an event loop; `nil` when the loop is not of this group.
    package subscript(eventLoop: any EventLoop) -> EventLoopExecutor? { self.executors[ObjectIdentifier(eventLoop)] }

    /// The executor of the event loop the caller runs on; `nil` when it runs on none of the group.
    package var current: EventLoopExecutor? { MultiThreadedEventLoopGroup.currentEventLoop.flatMap { self[$0] } }

    /// Returns the executor of the caller's event loop, or else of any loop of the group.
    package func any() -> EventLoopExecutor {
        if let current = self.current { return current }
        let next = self.group.next()
        return self[next] ?? EventLoopExecutor(next)
    }
}
