import NIOCore
import TangoCore
import TangoWire
import Testing

@testable import TangoIIOP

struct ClientMachineTests {
    @Test func repliesFindTheirWaitersInAnyOrder() {
        let machine = ClientBench()
        for id: UInt32 in [2, 4, 6] { #expect(machine.send(id, "\(id)")) }
        machine.received(Messages.joined([Messages.reply(6), Messages.reply(2), Messages.reply(4)]))
        #expect(machine.resumed() == ["6", "2", "4"])
        #expect(machine.outstanding == 0)
        #expect(machine.lateReplies == 0)
    }

    @Test func anIdInUseIsRefused() {
        let machine = ClientBench()
        #expect(machine.send(2, "first"))
        #expect(!machine.send(2, "second"))
    }

    @Test func theDeadlineTakesOutThoseWhoseTimeIsOver() {
        let machine = ClientBench()
        for (id, time) in [(2, 30), (4, 10), (6, 20)] as [(UInt32, UInt64)] {
            machine.send(id, "\(id)", deadline: .uptimeNanoseconds(time))
        }
        #expect(machine.nextDeadline == .uptimeNanoseconds(10))
        #expect(machine.hitDeadline(.uptimeNanoseconds(9)).isEmpty)
        #expect(machine.hitDeadline(.uptimeNanoseconds(20)) == ["4", "6"])
        #expect(machine.nextDeadline == .uptimeNanoseconds(30))
        #expect(machine.outstanding == 1)
    }

    @Test func aLateReplyIsCountedAndTheConnectionGoesOn() {
        let machine = ClientBench()
        machine.send(2, "slow", deadline: .uptimeNanoseconds(1))
        machine.send(4, "quick")
        #expect(machine.hitDeadline(.uptimeNanoseconds(5)) == ["slow"])
        machine.received(Messages.joined([Messages.reply(2), Messages.reply(4)]))
        #expect(machine.resumed() == ["quick"])
        #expect(machine.lateReplies == 1)
    }

    @Test func cancellingHandsTheWaiterBackOnce() {
        let machine = ClientBench()
        machine.send(2, "waiter")
        #expect(machine.cancel(2) == "waiter")
        #expect(machine.cancel(2) == nil)
        machine.received(Messages.reply(2))
        #expect(machine.resumed().isEmpty)
        #expect(machine.lateReplies == 1)
    }

    @Test func theEndHandsBackEverybodyAndRefusesTheNext() {
        let machine = ClientBench()
        machine.send(2, "a")
        machine.send(4, "b")
        #expect(machine.closed() == ["a", "b"])
        #expect(!machine.send(6, "c"))
        #expect(machine.closed().isEmpty)
        machine.received(Messages.reply(2))
        #expect(machine.resumed().isEmpty)
    }

    private static let endings: [(ByteBuffer, String)] = [
        (CDRWriter.headerOnly(.closeConnection, version: .v1_2), "closedByPeer"),
        (CDRWriter.headerOnly(.messageError, version: .v1_0), "closedByPeer"), (Messages.request(2), "protocolError"),
        (ByteBuffer(string: "HTTP/1.1 400 Bad"), "protocolError"),
        (ByteBuffer(bytes: [0x47, 0x49, 0x4F, 0x50, 1, 2, 1, 1, 2, 0, 0, 0, 1, 0]), "protocolError"),
    ]

    @Test(arguments: endings)
    func whatIsNoReplyEndsTheConnection(message: ByteBuffer, why: String) {
        let machine = ClientBench()
        machine.send(2, "waiter")
        machine.received(message)
        #expect(machine.resumed() == [why])
        #expect(machine.closed() == ["waiter"])
    }

    @Test func fragmentedRepliesAreJoined() throws {
        let machine = ClientBench()
        machine.send(2, "long")
        machine.send(4, "short")
        let text = String(repeating: "long reply ", count: 20)
        let pieces = Messages.fragments(of: Messages.reply(2, text), size: 64)
        machine.received(Messages.joined([pieces[0], Messages.reply(4)] + pieces.dropFirst()))
        guard case .resume("short", _) = machine.next(), case .resume("long", let message) = machine.next() else {
            Issue.record("no replies")
            return
        }
        var reader = CDRReader(message.bytes.readableBytesSpan, position: MessageHeader.size, isLittleEndian: message.header.isLittleEndian)
        _ = try ReplyHeader(message.header, &reader)
        #expect(try reader.string() == text)
    }

    @Test(arguments: [GIOPVersion.v1_0, .v1_1, .v1_2])
    func theTwoMachinesUnderstandEachOther(version: GIOPVersion) throws {
        let client = ClientBench()
        let server = ServerBench(maximumOutstanding: 3)
        var answered: Set<String> = []
        for id: UInt32 in 1...10 {
            #expect(client.send(id, "\(id)"))
            server.received(Messages.request(id, .isA("number \(id)"), version: version))
        }
        while answered.count < 10 {
            let requests = server.drain()
            try #require(!requests.isEmpty && requests.count <= 3)
            for case .request(let request) in requests.reversed() {
                guard case .isA(let text) = try request.call(.isA) else { continue }
                #expect(text == "number \(request.header.requestID)")
                client.received(Messages.reply(request.header.requestID, version: request.header.version))
                server.answered()
            }
            answered.formUnion(client.resumed())
        }
        #expect(answered == Set((1...10).map { "\($0)" }))
        #expect(client.outstanding == 0 && server.outstanding == 0)
    }
}
