import HummingbirdCore
import Logging
import NIOCore
import NIOSSL

/// A connection with limits of time: on the head of a request, and on a client that does not read its responses.
struct TimeLimitedChannel<Base: ServerChildChannel>: ServerChildChannel {
    let base: Base
    let headLimit: TimeAmount
    let idleLimit: TimeAmount
    let metrics: GatewayMetrics

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        let value = self.base.setup(channel: channel, logger: logger)
        self.metrics.track(channel)
        let stalled = StalledWriteHandler(limit: self.idleLimit)
        do {
            let pipeline = channel.pipeline.syncOperations
            let deadline = HeadDeadlineHandler(limit: self.headLimit)
            if let tls = try? pipeline.handler(type: NIOSSLServerHandler.self) {
                try pipeline.addHandlers([FlushBeforeCloseHandler(), deadline, stalled], position: .after(tls))
            } else {
                try pipeline.addHandlers([deadline, stalled], position: .first)
            }
        } catch {
            return channel.eventLoop.makeFailedFuture(error)
        }
        return value
    }

    func handle(value: Base.Value, logger: Logger) async {
        await self.base.handle(value: value, logger: logger)
    }
}
