import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoIIOP

struct LoopbackTests {
    @Test func manyCallsShareOneConnection() async throws {
        try await Loopback.run { loopback in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for index: Int32 in 0..<500 {
                    group.addTask { try await loopback.command(index % 2 == 0 ? "echo" : "later", .long(index)) == .long(index) }
                }
                for try await isRight in group { #expect(isRight) }
            }
            #expect(loopback.server.connectionCount == 1)
            loopback.dispatcher.seen.withLock { seen in
                #expect(seen.versions.count == 500)
                // The character sets are sent once per connection.
                #expect(seen.contexts == 1)
            }
        }
    }

    /// A server that stops sends its answers to the end, then CloseConnection.
    @Test func aLargeAnswerIsSentBeforeTheServerCloses() async throws {
        try await Loopback.run { loopback in
            let size = 24_000_000
            let call = DeviceCall.command(
                "echo", .charArray([UInt8](repeating: 7, count: size)), source: .device, identity: .cpp(pid: 1), version: 4)
            async let received = RawSocket.exchange(
                loopback.group, port: loopback.server.port, Messages.request(2, call), readingAfter: .seconds(1))
            try await eventually { loopback.dispatcher.seen.withLock { !$0.versions.isEmpty } }
            await loopback.server.close(within: .seconds(30))
            let bytes = try await received
            #expect(bytes.readableBytes > size)
            #expect(Messages.type(bytes.getSlice(at: bytes.writerIndex - 12, length: 12)) == .closeConnection)
        }
    }

    @Test func answersMayComeInAnyOrder() async throws {
        try await Loopback.run { loopback in
            async let held = withThrowingTaskGroup(of: Bool.self) { group in
                for index: Int32 in 0..<10 { group.addTask { try await loopback.command("held", .long(index)) == .long(index) } }
                return try await group.allSatisfy { $0 }
            }
            try await eventually { loopback.dispatcher.heldCount == 10 }
            let answer1 = try await loopback.command("echo", .long(99))
            #expect(answer1 == .long(99))
            loopback.dispatcher.answerHeld()
            #expect(try await held)
        }
    }

    @Test func aConnectionWithTooMuchUnderWayIsNotReadUntilAnswersGoOut() async throws {
        var limits = ServerLimits()
        limits.maximumOutstanding = 2
        try await Loopback.run(limits: limits) { loopback in
            async let all = withThrowingTaskGroup(of: CommandData.self) { group in
                for index: Int32 in 0..<5 { group.addTask { try await loopback.command("held", .long(index)) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            var answered = 0
            while answered < 5 {
                try await eventually { loopback.dispatcher.heldCount == min(2, 5 - answered) }
                answered += loopback.dispatcher.heldCount
                loopback.dispatcher.answerHeld()
            }
            #expect(Set(try await all) == Set((0..<5).map { CommandData.long($0) }))
        }
    }

    @Test(arguments: [GIOPVersion.v1_0, .v1_1, .v1_2])
    func aRequestIsAnsweredInItsVersion(version: GIOPVersion) async throws {
        try await Loopback.run { loopback in
            let answer2 = try await loopback.command("echo", .string("é"), version: version)
            #expect(answer2 == .string("é"))
            let answer = try await RawSocket.exchange(
                loopback.group, port: loopback.server.port, Messages.request(2, version: version),
                expecting: Messages.reply(2, version: version).readableBytes)
            #expect(answer == Messages.reply(2, version: version))
            #expect(loopback.dispatcher.seen.withLock { $0.versions } == [version, version])
        }
    }

    @Test(arguments: [("t/a/1", UInt32(1)), ("no/such/device", 0)])
    func locateRequestsAreAnswered(key: String, status: UInt32) async throws {
        try await Loopback.run { loopback in
            var writer = CDRWriter()
            LocateReply(version: .v1_0, requestID: 5, status: status).encode(to: &writer)
            let expected = writer.finish()
            let answer = try await RawSocket.exchange(
                loopback.group, port: loopback.server.port, Messages.locate(5, key: key, version: .v1_0), expecting: expected.readableBytes)
            #expect(answer == expected)
        }
    }

    @Test(.timeLimit(.minutes(1))) func aLocateReplyBehindUnreadRepliesIsSent() async throws {
        try await Loopback.run { loopback in
            let call = DeviceCall.command(
                "echo", .string(String(repeating: "x", count: 1 << 20)), source: .device, identity: .cpp(pid: 1), version: 4)
            var writer = CDRWriter()
            LocateReply(version: .v1_2, requestID: 99, status: 1).encode(to: &writer)
            let locateReply = writer.finish()
            let requests = (1...8).map { Messages.request($0 * 2, call) } + [Messages.locate(99, key: "t/a/1")]
            let answer = try await RawSocket.exchange(
                loopback.group, port: loopback.server.port, Messages.joined(requests),
                readingAfter: .milliseconds(300), until: locateReply)
            #expect(answer.readableBytesView.suffix(locateReply.readableBytes).elementsEqual(locateReply.readableBytesView))
        }
    }

    @Test func aLargeRequestToNobodyIsRefusedAtItsHeader() async throws {
        try await Loopback.run { loopback in
            let call = DeviceCall.command(
                "echo", .string(String(repeating: "x", count: 1 << 20)), source: .device, identity: .cpp(pid: 1), version: 4)
            var request = Messages.request(2, call, key: "no/such/device")
            let beginning = request.readSlice(length: 1000) ?? ByteBuffer()
            let answer = try await RawSocket.exchange(loopback.group, port: loopback.server.port, beginning, expecting: 12)
            #expect(Messages.type(answer) == .reply)
            #expect(loopback.dispatcher.seen.withLock { $0.versions.count } == 1)
        }
    }

    @Test func tooMuchOfUnfinishedMessagesClosesTheConnection() async throws {
        var limits = ServerLimits()
        limits.maximumUnfinishedBytes = 200_000
        try await Loopback.run(limits: limits) { loopback in
            let call = DeviceCall.command(
                "echo", .string(String(repeating: "x", count: 1 << 20)), source: .device, identity: .cpp(pid: 1), version: 4)
            var request = Messages.request(2, call)
            let beginning = request.readSlice(length: 400_000) ?? ByteBuffer()
            let answer = try await RawSocket.exchange(loopback.group, port: loopback.server.port, beginning)
            #expect(Messages.type(answer) == .messageError)
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
        }
    }

    @Test(arguments: [GIOPVersion.v1_0, .v1_2])
    func twoMegabytesGoBothWays(version: GIOPVersion) async throws {
        try await Loopback.run { loopback in
            let numbers = (0..<262_144).map { Double($0) * 0.5 }
            let answer3 = try await loopback.command("echo", .doubleArray(numbers), version: version)
            #expect(answer3 == .doubleArray(numbers))
            let texts = (0..<20_000).map { "text number \($0)" }
            let answer4 = try await loopback.command("later", .stringArray(texts), version: version)
            #expect(answer4 == .stringArray(texts))
        }
    }

    @Test func garbageIsAnsweredWithMessageErrorAndClosed() async throws {
        try await Loopback.run { loopback in
            let answer = try await RawSocket.exchange(
                loopback.group, port: loopback.server.port, ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            #expect(Messages.type(answer) == .messageError)
            let answer5 = try await loopback.command("echo", .long(1))
            #expect(answer5 == .long(1))
        }
    }

    @Test func aMessageOverTheLimitClosesThatConnectionOnly() async throws {
        var limits = ServerLimits()
        limits.maximumMessageSize = 1000
        try await Loopback.run(limits: limits) { loopback in
            let error = await #expect(throws: TransportError.self) {
                try await loopback.command("echo", .string(String(repeating: "x", count: 2000)))
            }
            #expect(["closedByPeer", "connectionLost"].contains(kind(error)))
            let again = try await loopback.command("echo", .long(1))
            #expect(again == .long(1))
        }
    }
}
