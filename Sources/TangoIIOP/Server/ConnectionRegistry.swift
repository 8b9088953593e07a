import NIOCore
import Synchronization

/// The open connections of a server.
final class ConnectionRegistry: Sendable {
    private struct Entry {
        var channel: any Channel
        var handler: NIOLoopBound<ServerChannelHandler>?
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
    private let isClosing = Atomic<Bool>(false)
    private let maximum: Int

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Number of open connections.
    var count: Int { self.entries.withLock { $0.count } }

    /// Adds a channel until it closes.
    /// - Returns: `false` when there are too many already, or the server is closing.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isTaken = self.entries.withLock { entries in
            guard entries.count < self.maximum, !self.isClosing.load(ordering: .acquiring) else { return false }
            entries[id] = Entry(channel: channel)
            return true
        }
        if isTaken {
            channel.closeFuture.whenComplete { [weak self] _ in self?.entries.withLock { entries in entries[id] = nil } }
        }
        return isTaken
    }

    /// Adds the handler of a channel, which says goodbye when the server closes.
    func attach(_ handler: NIOLoopBound<ServerChannelHandler>, to channel: any Channel) {
        self.entries.withLock { $0[ObjectIdentifier(channel)]?.handler = handler }
    }

    /// Closes every connection with CloseConnection when its requests are answered, and waits for the end of each.
    /// - Parameter limit: longest wait for requests under way; the connection is then closed without a word, so that their clients do not
    ///   repeat them.
    func closeAll(within limit: TimeAmount) async {
        self.isClosing.store(true, ordering: .releasing)
        let open = self.entries.withLock { Array($0.values) }
        for entry in open {
            entry.channel.eventLoop.execute {
                guard let handler = entry.handler?.value else { return entry.channel.close(promise: nil) }
                handler.closeGracefully()
                let end = entry.channel.eventLoop.scheduleTask(in: limit) { entry.channel.close(promise: nil) }
                entry.channel.closeFuture.whenComplete { _ in end.cancel() }
            }
        }
        for entry in open { try? await entry.channel.closeFuture.get() }
    }
}
