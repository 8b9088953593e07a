import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Gives requests of HTTP/1.0 without `Host` the address they came to, so that later handlers can require one.
final class OldRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Adds such a handler where the versions of HTTP/1 are still known; there is no such place in HTTP/2.
    final class Installer: ChannelInboundHandler, RemovableChannelHandler {
        typealias InboundIn = Never

        func handlerAdded(context: ChannelHandlerContext) {
            let pipeline = context.pipeline.syncOperations
            guard let codec = try? pipeline.handler(type: HTTP1ToHTTPServerCodec.self) else { return }
            try? pipeline.addHandler(OldRequestHandler(), position: .before(codec))
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = Self.unwrapInboundIn(data), (head.version.major, head.version.minor) < (1, 1),
            !head.headers.contains(name: "Host")
        else {
            return context.fireChannelRead(data)
        }
        head.headers.add(name: "Host", value: Self.name(of: context.channel))
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    private static func name(of channel: any Channel) -> String {
        guard let address = channel.localAddress, let text = address.ipAddress, let port = address.port else { return "localhost" }
        return text.contains(":") ? "[\(text)]:\(port)" : "\(text):\(port)"
    }
}
