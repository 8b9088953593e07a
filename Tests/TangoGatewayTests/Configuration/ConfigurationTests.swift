import Foundation
import NIOCore
import NIOEmbedded
import NIOTLS
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct ConfigurationTests {
    private static func load(
        _ options: [String: String] = [:], _ environment: [String: String] = [:], file: String? = nil
    ) async throws -> LoadedConfiguration {
        try await TestFolder.with { folder in
            let path = try file.map { try folder.write($0, to: "rest.json") }
            return try await LoadedConfiguration(options: options, environment: environment, file: path)
        }
    }

    private static func refusal(
        _ options: [String: String] = [:], _ environment: [String: String] = [:], file: String? = nil
    ) async -> String {
        do {
            _ = try await Self.load(options, environment, file: file)
            return ""
        } catch {
            return DevFailed(wrapping: error).reasonDescription
        }
    }

    @Test func unknownVariablesGiveAWarningWithTheNearestSetting() async throws {
        let loaded = try await LoadedConfiguration(
            options: [:], environment: ["TANGO_REST_TIMOUT": "1", "TANGO_REST_PORT": "2", "TANGO_REST_CONFIG": "", "TANGO_RESTLESS": "1"])
        #expect(
            loaded.warnings == [
                "TANGO_REST_TIMOUT in the environment is no setting and does nothing; the nearest there is: TANGO_REST_TIMEOUT"
            ])
        #expect(LoadedConfiguration.distance("", "abc") == 3 && LoadedConfiguration.distance("abc", "abc") == 0)
        #expect(LoadedConfiguration.distance("kitten", "sitting") == 3 && LoadedConfiguration.distance("ab", "b") == 1)
    }

    @Test func optionsOverrideTheEnvironmentWhichOverridesTheFile() async throws {
        let file =
            #"{"port": 1, "timeout": 1.5, "shutdown-limit": 2, "allowed-origins": ["http://a", "http://b"], "trust-forwarded": true}"#
        let environment = ["TANGO_REST_PORT": "2", "TANGO_REST_TIMEOUT": "2.5", "TANGO_HOST": "other:1", "TANGO_REST_TANGO_HOST": "db:5"]
        let loaded = try await Self.load(["port": "3"], environment, file: file)
        #expect(loaded.configuration.port == 3)
        #expect(loaded.configuration.timeout == .seconds(2.5))
        #expect(loaded.configuration.shutdownLimit == .seconds(2))
        #expect(loaded.configuration.allowedOrigins == ["http://a", "http://b"])
        #expect(loaded.configuration.trustsForwardedHeaders)
        #expect(loaded.configuration.defaultTangoHost == TangoHost(host: "db", port: 5))
        #expect(loaded.configuration.host == "127.0.0.1")
        let shown = try #require(try JSONValue(parsing: loaded.json).object)
        #expect(shown["port"] == ["value": .number("3"), "from": "command line"])
        #expect(shown["timeout"] == ["value": .number("2.5"), "from": "environment"])
        #expect(shown["trust-forwarded"] == ["value": true, "from": "file"])
        #expect(shown["host"] == ["value": "127.0.0.1", "from": "default"])
        #expect(shown.members.map(\.name) == GatewaySetting.all.map(\.name))
    }

    @Test func everySettingHasEveryFormOfItsName() async throws {
        for setting in GatewaySetting.all {
            let (text, json) =
                switch setting.kind {
                case .text, .optionalText: ("word", "\"word\"")
                case .texts: ("a, b", "[\"a\", \"b\"]")
                case .flag: ("true", "true")
                case .count: ("512", "512")
                case .duration: ("1.25", "1.25")
                case .tangoHost: ("db:7", "\"db:7\"")
                case .authentication: ("on", "\"on\"")
                case .logLevel: ("info", "\"info\"")
                }
            let variable = "TANGO_REST_" + setting.name.uppercased().replacing("-", with: "_")
            let standard = setting.value(in: GatewayConfiguration())
            let values = [
                try await Self.load([setting.name: text]), try await Self.load([:], [variable: text]),
                try await Self.load(file: "{\"\(setting.name)\": \(json)}"),
            ].map { setting.value(in: $0.configuration) }
            #expect(values[0] != standard, "\(setting.name)")
            #expect(values[1] == values[0] && values[2] == values[0], "\(setting.name)")
        }
    }

    @Test func mistakesNameTheSettingAndItsSource() async {
        #expect(await Self.refusal(file: #"{"prot": 1}"#).contains("there is no setting \"prot\""))
        #expect(await Self.refusal(file: #"{"port": "1"}"#).contains("\"port\" in the configuration file must be a whole number"))
        #expect(await Self.refusal(file: #"{"port": 65536}"#).contains("\"port\""))
        #expect(await Self.refusal(file: #"{"port": 1"#).contains("at byte 10"))
        #expect(await Self.refusal(file: "[]").contains("an object"))
        #expect(await Self.refusal([:], ["TANGO_REST_PORT": "x"]).hasPrefix("TANGO_REST_PORT in the environment"))
        #expect(await Self.refusal(["authentication": "maybe"]) == "Option --authentication must be auto, on, off")
        #expect(await Self.refusal(["tango-host": "nowhere"]).contains("HOST:PORT"))
        #expect(await Self.refusal(["timeout": "nan"]).contains("seconds"))
        #expect(await Self.refusal(["timeout": "-1"]).contains("seconds"))
        #expect(await Self.refusal([:], ["TANGO_REST_CONFIG": "/no/such/file"]).contains("/no/such/file: it cannot be read"))
    }

    private static func configuration(_ change: (inout GatewayConfiguration) -> Void) -> GatewayConfiguration {
        var configuration = GatewayConfiguration()
        change(&configuration)
        return configuration
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true), ("0.0.0.0", false), ("::", false),
        ("192.0.2.1", false),
        ("no.such.host.invalid", false),
    ])
    func authenticationIsOffOnThisMachineOnly(host: String, isLocal: Bool) {
        let configuration = Self.configuration { $0.host = host }
        #expect(configuration.isLocal == isLocal)
        #expect(configuration.resolved.authentication == (isLocal ? .off : .on))
        #expect(configuration.resolved.allowedOrigins == [])
        #expect(configuration.resolved.allowedTangoHosts == (isLocal ? nil : []))
        let named = Self.configuration {
            $0.host = host
            $0.usersFile = "users"
        }
        #expect(named.resolved.authentication == .on)
    }

    @Test func anOpenAddressWithoutNamesGivesAWarning() {
        var configuration = GatewayConfiguration()
        configuration.authentication = .off
        configuration.isOpenToNetwork = true
        #expect(configuration.rebindingWarning == nil)
        configuration.host = "0.0.0.0"
        #expect(configuration.rebindingWarning?.contains("--allowed-hosts") == true)
        configuration.allowedHosts = []
        #expect(configuration.rebindingWarning == nil)
        configuration.allowedHosts = nil
        configuration.authentication = .on
        #expect(configuration.rebindingWarning == nil, "a browser sends no password to such a name")
    }

    @Test func theNetworkIsServedWithoutUsersOnlyWithBothOptions() {
        func reason(_ authentication: GatewayConfiguration.Authentication, _ isOpen: Bool, host: String = "0.0.0.0") -> ErrorReason? {
            let configuration = Self.configuration {
                $0.host = host
                $0.authentication = authentication
                $0.isOpenToNetwork = isOpen
            }
            do throws(DevFailed) {
                try configuration.check()
                return nil
            } catch {
                return error.reason
            }
        }
        #expect(reason(.off, false) == "REST_OpenToNetwork")
        #expect(reason(.off, true) == nil)
        #expect(reason(.on, false) == nil)
        #expect(reason(.auto, true) == nil)
        #expect(reason(.off, false, host: "127.0.0.1") == nil)
    }

    @Test func anOpenAddressWithoutUsersIsNotServed() async throws {
        try await TestFolder.with { folder in
            for change: (inout GatewayConfiguration) -> Void in [
                { $0.host = "0.0.0.0" }, { $0.authentication = .on }, { $0.certificateFile = folder.file("c") },
            ] {
                await #expect(throws: DevFailed.self) {
                    try await RunningGateway.with {
                        $0.usersFile = folder.file("users")
                        change(&$0)
                    } _: { _ in
                        Issue.record("It was served")
                    }
                }
            }
        }
    }
}

@Suite struct TransportTests {
    @Test func writesAreFlushedBeforeTheConnectionCloses() throws {
        let channel = EmbeddedChannel(handler: FlushBeforeCloseHandler())
        try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.close(promise: nil)
        channel.write(ByteBuffer(string: "last"), promise: nil)
        #expect(channel.isActive)
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        #expect(try channel.readOutbound(as: ByteBuffer.self) == ByteBuffer(string: "last"))
    }

    private static func channel() throws -> EmbeddedChannel {
        let channel = EmbeddedChannel(handler: HeadDeadlineHandler(limit: .seconds(30)))
        try channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        return channel
    }

    private static func read(_ channel: EmbeddedChannel) throws {
        _ = try channel.writeInbound(ByteBuffer(string: "x"))
    }

    @Test func connectionsOfClientsThatDoNotReadAreClosed() throws {
        for isReadingAgain in [false, true] {
            let loop = EmbeddedEventLoop()
            let channel = EmbeddedChannel(handler: StalledWriteHandler(limit: .seconds(10)), loop: loop)
            try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
            channel.isWritable = false
            channel.pipeline.fireChannelWritabilityChanged()
            loop.advanceTime(by: .seconds(9))
            #expect(channel.isActive)
            if isReadingAgain {
                channel.isWritable = true
                channel.pipeline.fireChannelWritabilityChanged()
            }
            loop.advanceTime(by: .seconds(11))
            #expect(channel.isActive == isReadingAgain)
            if channel.isActive { _ = try channel.finish() }
        }
    }

    @Test func connectionsWithoutRequestsAreClosed() throws {
        let channel = try Self.channel()
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        try Self.read(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive, "a byte now and then does not help")
    }

    @Test func requestsAndIdleConnectionsAreNotLimitedByTheHeadLimit() throws {
        let channel = try Self.channel()
        try Self.read(channel)
        channel.triggerUserOutboundEvent(RequestProgress.headRead, promise: nil)
        try Self.read(channel)
        channel.embeddedEventLoop.advanceTime(by: .minutes(5))
        #expect(channel.isActive, "a body may be slow")
        channel.triggerUserOutboundEvent(RequestProgress.endRead, promise: nil)
        channel.embeddedEventLoop.advanceTime(by: .minutes(5))
        #expect(channel.isActive, "idle connections have a limit of their own")
        try Self.read(channel)
        channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(channel.isActive)
        channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(!channel.isActive, "the next head must come in time too")
    }

    @Test func http2HasItsOwnLimits() throws {
        let channel = try Self.channel()
        channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: "h2"))
        try Self.read(channel)
        channel.embeddedEventLoop.advanceTime(by: .minutes(5))
        #expect(channel.isActive)
    }
}
