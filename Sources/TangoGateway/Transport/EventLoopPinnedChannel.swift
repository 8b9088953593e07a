import HummingbirdCore
import Logging
import NIOCore
import TangoIIOP

/// Serves a connection on the thread of its event loop. Calls to devices use the same loop, so a request never changes threads.
struct EventLoopPinnedChannel<Base: ServerChildChannel>: ServerChildChannel {
    typealias Value = Base.Value

    private let base: Base
    private let executors: EventLoops

    init(_ base: Base, executors: EventLoops) {
        self.base = base
        self.executors = executors
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> { self.base.setup(channel: channel, logger: logger) }

    func handle(value: Value, logger: Logger) async {
        await withTaskExecutorPreference(self.executors[value.channel.eventLoop]) { await self.base.handle(value: value, logger: logger) }
    }
}
