import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Answers `Expect: 100-continue`, so that clients send large bodies without waiting. Bodies beyond the limit are not asked for.
///
/// Tells `HeadDeadlineHandler` where requests begin and end.
final class ContinueHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundOut = HTTPResponsePart

    private let maximumBodySize: Int

    init(maximumBodySize: Int) {
        self.maximumBodySize = maximumBodySize
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch Self.unwrapInboundIn(data) {
        case .head(let head):
            context.triggerUserOutboundEvent(RequestProgress.headRead, promise: nil)
            if head.headerFields[.expect]?.lowercased() == "100-continue",
                head.headerFields[.contentLength].flatMap({ Int($0) }) ?? 0 <= self.maximumBodySize
            {
                context.writeAndFlush(Self.wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: break
        case .end: context.triggerUserOutboundEvent(RequestProgress.endRead, promise: nil)
        }
        context.fireChannelRead(data)
    }
}
