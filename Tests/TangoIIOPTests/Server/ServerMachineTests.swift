import NIOCore
import TangoCore
import TangoWire
import Testing

@testable import TangoIIOP

struct ServerMachineTests {
    @Test func pipelinedRequestsComeOutInOrder() {
        let machine = ServerBench()
        machine.received(Messages.joined([Messages.request(2), Messages.request(4, .name), Messages.request(6, version: .v1_0)]))
        let actions = machine.drain()
        #expect(actions.map(\.requestID) == [2, 4, 6])
        #expect(machine.outstanding == 3)
        #expect(machine.version == .v1_0)
    }

    @Test func bytesMayComeOneByOne() throws {
        let machine = ServerBench()
        let bytes = Array(Messages.request(2, .isA("IDL:Tango/Device:1.0")).readableBytesView)
        for byte in bytes.dropLast() {
            machine.received(ByteBuffer(bytes: [byte]))
            #expect(machine.drain().isEmpty)
        }
        machine.received(ByteBuffer(bytes: [bytes[bytes.count - 1]]))
        guard case .request(let request) = machine.drain().first else {
            Issue.record("no request")
            return
        }
        #expect(try request.call(.isA) == .isA("IDL:Tango/Device:1.0"))
    }

    @Test func tooManyRequestsAreHeldBackUntilOneIsAnswered() {
        let machine = ServerBench(maximumOutstanding: 2)
        machine.received(Messages.joined((1...4).map { Messages.request($0) }))
        #expect(machine.drain().map(\.requestID) == [1, 2])
        #expect(!machine.wantsMore)
        machine.answered()
        #expect(machine.wantsMore)
        #expect(machine.drain().map(\.requestID) == [3])
        machine.answered()
        machine.answered()
        #expect(machine.drain().map(\.requestID) == [4])
        #expect(machine.outstanding == 1)
    }

    @Test func oneWayRequestsCountUntilTheyAreServed() {
        let machine = ServerBench(maximumOutstanding: 1)
        machine.received(Messages.joined([Messages.request(2, flags: 0), Messages.request(4)]))
        #expect(machine.drain().map(\.requestID) == [2])
        machine.answered()
        #expect(machine.drain().map(\.requestID) == [4])
    }

    @Test(arguments: [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [0x47, 0x49, 0x4F, 0x50, 1, 3, 1, 0, 0, 0, 0, 0],
        [0x47, 0x49, 0x4F, 0x50, 2, 0, 1, 0, 0, 0, 0, 0],
        [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 9, 0, 0, 0, 0], [0x47, 0x49, 0x4F, 0x50, 1, 0, 1, 7, 4, 0, 0, 0, 0, 0, 0, 0],
        // A request whose header is cut, a reply, a fragment nobody started.
        [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 0, 4, 0, 0, 0, 1, 0, 0, 0], [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 1, 4, 0, 0, 0, 1, 0, 0, 0],
        [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 7, 4, 0, 0, 0, 1, 0, 0, 0],
    ])
    func garbageEndsTheConnectionWithMessageError(bytes: [UInt8]) {
        let machine = ServerBench()
        machine.received(Messages.joined([Messages.request(2), ByteBuffer(bytes: bytes), Messages.request(4)]))
        let actions = machine.drain()
        #expect(actions.map(\.requestID) == [2, nil])
        #expect(actions.last?.farewell == .messageError)
        machine.received(Messages.request(6))
        #expect(machine.drain().isEmpty)
    }

    @Test func aMessageOverTheLimitEndsTheConnection() {
        let machine = ServerBench(maximumMessageSize: 100)
        machine.received(Messages.request(2, .isA(String(repeating: "x", count: 100))))
        #expect(machine.drain().last?.farewell == .messageError)
    }

    @Test func fragmentsOfDifferentRequestsMayInterleave() throws {
        let machine = ServerBench()
        let texts = ["a", "b", "c"].map { String(repeating: $0, count: 100) }
        let pieces = texts.enumerated().map { Messages.fragments(of: Messages.request(UInt32($0.offset + 1), .isA($0.element)), size: 32) }
        let longest = try #require(pieces.map(\.count).max())
        #expect(longest > 3)
        for round in 0..<longest {
            for piece in pieces where round < piece.count { machine.received(piece[round]) }
            if round == 0 { machine.received(Messages.request(99)) }
        }
        let actions = machine.drain()
        #expect(actions.map(\.requestID) == [99, 1, 2, 3])
        for (action, text) in zip(actions.dropFirst(), texts) {
            guard case .request(let request) = action else { continue }
            #expect(try request.call(.isA) == .isA(text))
        }
    }

    @Test func fragmentsAreRefusedWhereTheyCannotBe() {
        for message in [
            Messages.request(2, .isA(String(repeating: "x", count: 50)), version: .v1_0),
            Messages.request(2, .isA(String(repeating: "x", count: 50))),
        ] {
            let machine = ServerBench()
            // In GIOP 1.0 there are none; in 1.2 a piece that is no multiple of 8 cannot be joined.
            let size = Messages.type(message) != nil && message.getInteger(at: 5, as: UInt8.self) == 0 ? 32 : 30
            machine.received(Messages.joined(Messages.fragments(of: message, size: size)))
            #expect(machine.drain().contains { $0.farewell == .messageError })
        }
    }

    @Test func closeConnectionIsTakenWithoutAWord() {
        let machine = ServerBench()
        machine.received(CDRWriter.headerOnly(.closeConnection, version: .v1_2))
        let actions = machine.drain()
        #expect(actions.count == 1)
        #expect(actions.first?.farewell == .some(nil))
    }

    @Test func cancelRequestsAreIgnored() {
        let machine = ServerBench()
        machine.received(Messages.joined([Messages.request(2), CDRWriter.cancelRequest(2, version: .v1_2), Messages.request(4)]))
        #expect(machine.drain().map(\.requestID) == [2, 4])
    }

    @Test(arguments: [GIOPVersion.v1_0, .v1_1, .v1_2])
    func locateRequestsCarryTheKey(version: GIOPVersion) {
        let machine = ServerBench()
        machine.received(Messages.locate(7, key: "t/a/1", version: version))
        guard case .locate(let locate) = machine.drain().first else {
            Issue.record("no locate request")
            return
        }
        #expect(locate == LocateRequest(version: version, requestID: 7, objectKey: "t/a/1"))
    }

    @Test func aLargeRequestToNobodyIsHandedOutAtItsHeaderAndItsRestIsDropped() {
        let machine = ServerBench(isKnown: { $0 == "t/a/1" })
        let large = DeviceCall.isA(String(repeating: "x", count: 200_000))
        var request = Messages.request(2, large, key: "nobody")
        var pieces: [ByteBuffer] = []
        while let piece = request.readSlice(length: min(1000, request.readableBytes)), piece.readableBytes > 0 { pieces.append(piece) }
        machine.received(pieces[0])
        #expect(machine.drain().map(\.requestID) == [2])
        #expect(machine.unfinishedBytes == 0)
        for piece in pieces.dropFirst().dropLast() {
            machine.received(piece)
            #expect(machine.drain().isEmpty)
            #expect(machine.unfinishedBytes == 0)
        }
        machine.received(Messages.joined([pieces[pieces.count - 1], Messages.request(4)]))
        #expect(machine.drain().map(\.requestID) == [4])
        // One for an object that is there is collected.
        var known = Messages.request(6, large)
        machine.received(known.readSlice(length: 5000) ?? ByteBuffer())
        #expect(machine.drain().isEmpty)
        #expect(machine.unfinishedBytes == 5000)
        machine.received(known)
        #expect(machine.drain().map(\.requestID) == [6])
    }

    @Test func aRequestToNobodyInLargeFragmentsIsCollected() {
        let machine = ServerBench(isKnown: { $0 == "t/a/1" })
        let large = DeviceCall.isA(String(repeating: "x", count: 300_000))
        let fragments = Messages.fragments(of: Messages.request(2, large, key: "nobody"), size: 100_000)
        for var fragment in fragments {
            while let piece = fragment.readSlice(length: min(4096, fragment.readableBytes)), piece.readableBytes > 0 {
                machine.received(piece)
            }
        }
        machine.received(Messages.request(4))
        // The connection stays usable: no fragment has lost its beginning.
        #expect(machine.drain().map(\.requestID) == [2, 4])
        #expect(machine.unfinishedBytes == 0)
    }

    @Test func whatEachEventDoesInEachPhase() {
        let closing = CDRWriter.headerOnly(.closeConnection, version: .v1_2)
        for (end, name) in [(nil, "open"), (closing, "closed")] as [(ByteBuffer?, String)] {
            for (event, isAction) in [(Messages.request(2), true), (closing, true), (Messages.reply(2), true)] {
                let machine = ServerBench()
                if let end {
                    machine.received(end)
                    _ = machine.drain()
                }
                machine.received(event)
                #expect(machine.drain().isEmpty == (end != nil && isAction), "\(name)")
            }
        }
    }
}
