import HummingbirdCore
import HummingbirdHTTP2
import Logging
import NIOCore
import NIOSSL
import TangoCore
import TangoIIOP

/// The protocols the gateway speaks: HTTP/1.1, or with a certificate HTTP/2 and HTTP/1.1 over TLS, as the client chooses.
enum Transport {
    /// Returns the server's channel set-up.
    /// - Throws: `REST_BadCertificate`.
    static func server(_ configuration: GatewayConfiguration, _ executors: EventLoops, _ metrics: GatewayMetrics) throws(DevFailed)
        -> HTTPServerBuilder
    {
        let maximumBodySize = configuration.maximumBodySize
        let streams = HTTP1Channel.Configuration(
            additionalChannelHandlers: [OldRequestHandler.Installer(), ContinueHandler(maximumBodySize: maximumBodySize)],
            idleTimeout: TimeAmount(configuration.idleLimit)
        )
        let headLimit = TimeAmount(configuration.headLimit)
        let idleLimit = TimeAmount(configuration.idleLimit)
        guard let certificate = configuration.certificateFile, let key = configuration.keyFile else {
            return HTTPServerBuilder { responder in
                EventLoopPinnedChannel(
                    TimeLimitedChannel(
                        base: HTTP1Channel(responder: responder, configuration: streams), headLimit: headLimit,
                        idleLimit: TimeAmount(configuration.idleLimit), metrics: metrics),
                    executors: executors)
            }
        }
        let tls = try Self.tls(certificate: certificate, key: key)
        let http2 = HTTP2ChannelConfiguration(
            idleTimeout: configuration.idleLimit, gracefulCloseTimeout: configuration.shutdownLimit, streamConfiguration: streams)
        return HTTPServerBuilder { responder in
            EventLoopPinnedChannel(
                TimeLimitedChannel(
                    base: try HTTP2UpgradeChannel(tlsConfiguration: tls, configuration: http2, responder: responder), headLimit: headLimit,
                    idleLimit: idleLimit, metrics: metrics),
                executors: executors)
        }
    }

    private static func tls(certificate: String, key: String) throws(DevFailed) -> TLSConfiguration {
        func failed(_ description: String) -> DevFailed { DevFailed(.restBadCertificate, description, origin: "Gateway.run") }
        let chain: [NIOSSLCertificate]
        let privateKey: NIOSSLPrivateKey
        do {
            chain = try NIOSSLCertificate.fromPEMFile(certificate)
        } catch {
            throw failed("\(certificate) holds no certificate in PEM form, or cannot be read")
        }
        do {
            privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
        } catch {
            throw failed("\(key) holds no private key in PEM form, or cannot be read")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = .tlsv12
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw failed("\(key) is not the key of \(certificate)")
        }
        return configuration
    }
}
