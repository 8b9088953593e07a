import NIOCore
import Testing

@testable import TangoWire

/// Streams and fragments, good and bad.
@Suite struct SplitterTests {
    private static func piece(_ type: UInt8, more: Bool, version: UInt8 = 2, _ body: [UInt8]) -> [UInt8] {
        [0x47, 0x49, 0x4F, 0x50, 1, version, more ? 3 : 1, type, UInt8(body.count & 0xFF), UInt8(body.count >> 8), 0, 0] + body
    }

    /// Request id and as many further bytes.
    private static func body(_ id: UInt8, _ count: Int) -> [UInt8] { [id, 0, 0, 0] + [UInt8](repeating: id, count: count) }

    @Test func fragmentsOfSeveralRequestsMayInterleave() throws {
        let messages = try split([
            Self.piece(0, more: true, Self.body(1, 16)), Self.piece(0, more: true, Self.body(2, 0)), Self.piece(5, more: false, []),
            Self.piece(7, more: true, Self.body(1, 8)), Self.piece(7, more: false, Self.body(2, 3)),
            Self.piece(7, more: false, Self.body(1, 1)),
        ])
        #expect(messages.map { $0.header.type } == [.closeConnection, .request, .request])
        #expect(messages.map { $0.header.bodySize } == [0, 7, 29])
        #expect(Array(buffer: messages[1].bytes) == Self.piece(0, more: false, Self.body(2, 3)))
        #expect(Array(buffer: messages[2].bytes) == Self.piece(0, more: false, Self.body(1, 25)))
    }

    @Test func joinedMessagesOfEitherByteOrderSayTheirSize() throws {
        let first: [UInt8] = [0x47, 0x49, 0x4F, 0x50, 1, 2, 2, 0, 0, 0, 0, 4, 0, 0, 0, 9]
        let last: [UInt8] = [0x47, 0x49, 0x4F, 0x50, 1, 2, 0, 7, 0, 0, 0, 6, 0, 0, 0, 9, 1, 2]
        let message = try #require(try split([first + last]).first)
        #expect(Array(buffer: message.bytes) == [0x47, 0x49, 0x4F, 0x50, 1, 2, 0, 0, 0, 0, 0, 6, 0, 0, 0, 9, 1, 2])
    }

    @Test(arguments: [
        ("a fragment nobody started", [Self.piece(7, more: false, Self.body(1, 4))]),
        ("a piece that is no multiple of 8", [Self.piece(0, more: true, Self.body(1, 5))]),
        (
            "a middle piece that is no multiple of 8",
            [Self.piece(0, more: true, Self.body(1, 8)), Self.piece(7, more: true, Self.body(1, 5))]
        ),
        ("a second start of the same request", [Self.piece(0, more: true, Self.body(1, 0)), Self.piece(0, more: true, Self.body(1, 0))]),
        ("a fragment of GIOP 1.0", [Self.piece(7, more: false, version: 0, Self.body(1, 4))]),
        ("a fragmented message of GIOP 1.1", [Self.piece(0, more: true, version: 1, Self.body(1, 8))]),
        ("a fragmented CloseConnection", [Self.piece(5, more: true, Self.body(1, 0))]),
        ("a fragment without id", [Self.piece(7, more: false, [])]),
        (
            "a fragment in the other version",
            [Self.piece(0, more: true, Self.body(1, 0)), Self.piece(7, more: false, version: 1, Self.body(1, 0))]
        ),
    ])
    func brokenFragmentsEndTheConnection(_ what: String, _ pieces: [[UInt8]]) {
        #expect(throws: GIOPError.badFragment, "\(what)") { try split(pieces) }
    }

    @Test func manyUnfinishedMessagesEndTheConnection() {
        let starts = (0..<65).map { Self.piece(0, more: true, Self.body(UInt8($0), 0)) }
        #expect(throws: GIOPError.badFragment) { try split(starts) }
    }

    @Test func unfinishedMessagesCountTogetherForTheLimit() throws {
        let starts = (0..<10).map { Self.piece(0, more: true, Self.body(UInt8($0), 80)) }
        #expect(throws: GIOPError.messageTooLarge) { try split(starts, limit: 500) }
        #expect(try split(starts, limit: 5000).isEmpty)
        let grown = [starts[0]] + (0..<10).map { _ in Self.piece(7, more: true, Self.body(0, 80)) }
        #expect(throws: GIOPError.messageTooLarge) { try split(grown, limit: 500) }
        // What is finished no longer counts.
        let finished = (0..<50).flatMap { _ in [starts[1], Self.piece(7, more: false, Self.body(1, 80))] }
        #expect(try split(finished, limit: 500).count == 50)
    }

    @Test func aMessageBeyondTheLimitIsRefusedByItsHeader() {
        let header: [UInt8] = [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 0, 0xFF, 0xFF, 0xFF, 0xFF]
        #expect(throws: GIOPError.messageTooLarge) { try split([header]) }
    }

    @Test func aPromisedSizeTakesNoMemory() throws {
        var splitter = MessageSplitter()
        splitter.append(ByteBuffer(bytes: [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 0, 0, 0, 0, 0x0F] + [UInt8](repeating: 0, count: 5000)))
        let early = try splitter.next()
        #expect(early == nil)
        #expect(try #require(Self.input(splitter)).capacity < 4 << 20)
    }

    @Test func aStreamThatNeverPausesTakesNoMemory() throws {
        let message = Self.piece(0, more: false, Self.body(1, 1000))
        let stream = Array(repeating: message, count: 3).joined()
        var splitter = MessageSplitter()
        splitter.append(ByteBuffer(bytes: message.prefix(500)))
        var count = 0
        for _ in 0..<3000 {
            // Each piece ends in the middle of a message.
            splitter.append(ByteBuffer(bytes: stream.dropFirst(500).prefix(2 * message.count)))
            while try splitter.next() != nil { count += 1 }
        }
        #expect(count == 6000)
        #expect(try #require(Self.input(splitter)).capacity < 1 << 16)
    }

    private static func input(_ splitter: MessageSplitter) -> ByteBuffer? {
        Mirror(reflecting: splitter).descendant("input") as? ByteBuffer
    }

    @Test(
        arguments: [
            [0x47, 0x49, 0x4F, 0x51, 1, 2, 1, 0, 0, 0, 0, 0], [0x47, 0x49, 0x4F, 0x50, 2, 0, 1, 0, 0, 0, 0, 0],
            [0x47, 0x49, 0x4F, 0x50, 1, 3, 1, 0, 0, 0, 0, 0], [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 8, 0, 0, 0, 0],
        ] as [[UInt8]])
    func unknownHeadersEndTheConnection(_ bytes: [UInt8]) {
        #expect(throws: GIOPError.badHeader) { try split([bytes]) }
        #expect(throws: GIOPError.badHeader) { try split(bytes.map { [$0] }) }
    }
}
