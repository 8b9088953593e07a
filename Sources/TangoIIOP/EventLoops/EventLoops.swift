package import NIOCore
import NIOPosix
import Synchronization

/// Event loops of clients and servers, and the task executors that run tasks on them. Their threads start at first use, never when the
/// object is made.
package final class EventLoops: Sendable {
    private final class Running: Sendable {
        let group: any EventLoopGroup
        let executors: [ObjectIdentifier: EventLoopExecutor]

        init(_ group: any EventLoopGroup) {
            self.group = group
            self.executors = Dictionary(
                uniqueKeysWithValues: group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) })
        }
    }

    private enum Phase {
        /// Starts, or has started, at first use.
        case usable
        /// Ended without having been used.
        case ended
    }

    /// Those of all clients and servers of the process that ask for no number of their own. They live until the process ends.
    package static let shared = EventLoops(count: EventLoopCount.ofProcess)

    private let count: Int
    /// Whether `shutDown` ends the threads.
    private let isOwner: Bool
    private let running = AtomicLazyReference<Running>()
    private let phase = Mutex(Phase.usable)

    /// Event loops of one's own.
    /// - Parameter count: number of threads, at least one.
    package init(count: Int) {
        self.count = EventLoopCount.clamped(count)
        self.isOwner = true
    }

    /// Those of a group that somebody else ends.
    package init(_ group: any EventLoopGroup) {
        self.count = 0
        self.isOwner = false
        _ = self.running.storeIfNil(Running(group))
    }

    /// Returns event loops of one's own where a number is given, else the shared ones.
    package static func make(count: Int?) -> EventLoops { count.map { EventLoops(count: $0) } ?? .shared }

    /// Whether the threads have been started.
    package var isRunning: Bool { self.running.load() != nil }

    private var started: Running {
        if let running = self.running.load() { return running }
        return self.phase.withLock { phase in
            switch phase {
            case .ended: Self.shared.started
            case .usable: self.running.load() ?? self.start(count: self.count)
            }
        }
    }

    private func start(count: Int) -> Running {
        StandardDescriptors.occupy()
        return self.running.storeIfNil(Running(MultiThreadedEventLoopGroup(numberOfThreads: count)))
    }

    /// The group of the event loops, whose threads run from now on.
    package var group: any EventLoopGroup { self.started.group }

    /// Starts the threads, where they do not run.
    package func start() { _ = self.started }

    /// The executor of an event loop; `nil` when the loop is none of these.
    package subscript(eventLoop: any EventLoop) -> EventLoopExecutor? {
        self.running.load()?.executors[ObjectIdentifier(eventLoop)]
    }

    /// The executor of the event loop the caller runs on; `nil` when it runs on none of these.
    package var current: EventLoopExecutor? { MultiThreadedEventLoopGroup.currentEventLoop.flatMap { self[$0] } }

    /// Returns the executor of the caller's event loop, or else of any of these loops.
    package func any() -> EventLoopExecutor {
        if let current = self.current { return current }
        let next = self.started.group.next()
        return self[next] ?? EventLoopExecutor(next)
    }

    /// Ends the threads; does nothing to those that others use as well.
    package func shutDown() async {
        guard self.isOwner, self !== Self.shared else { return }
        let running = self.phase.withLock { phase in
            phase = .ended
            return self.running.load()
        }
        try? await running?.group.shutdownGracefully()
    }
}
