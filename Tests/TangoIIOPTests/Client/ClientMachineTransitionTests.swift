import NIOCore
import TangoWire
import Testing

@testable import TangoIIOP

/// The client's state machine as a table: what each event does in each phase.
struct ClientMachineTransitionTests {
    typealias Phase = ClientStateMachine<String>.Phase

    /// Brings a machine into each phase; request 2 of "waiter" is under way in all but the last.
    static let phases: [(phase: Phase, prepare: @Sendable (ClientBench) -> Void)] = [
        (.open, { $0.send(2, "waiter") }),
        (
            .unresponsive,
            {
                $0.send(2, "waiter")
                $0.send(100, "late", deadline: .uptimeNanoseconds(1))
                $0.hitDeadline(.uptimeNanoseconds(1))
            }
        ),
        (
            .draining,
            {
                $0.send(2, "waiter")
                $0.retire()
            }
        ),
        (
            .closing(.closedByPeer),
            {
                $0.send(2, "waiter")
                $0.received(CDRWriter.headerOnly(.closeConnection, version: .v1_2))
                _ = $0.resumed()
            }
        ),
        (
            .closing(.protocolError),
            {
                $0.send(2, "waiter")
                $0.received(ByteBuffer(string: "HTTP/1.1 400 Bad"))
                _ = $0.resumed()
            }
        ),
        (
            .closing(.closedHere),
            {
                $0.send(2, "waiter")
                $0.close()
            }
        ),
        (
            .closed,
            {
                $0.send(2, "waiter")
                $0.closed()
            }
        ),
    ]

    private static func check(
        _ name: String, _ expected: [Phase], _ event: (ClientBench) -> String, gives results: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (index, row) in Self.phases.enumerated() {
            let machine = ClientBench()
            row.prepare(machine)
            #expect(machine.phase == row.phase, sourceLocation: sourceLocation)
            let result = event(machine)
            #expect(result == results[index], "\(name) in \(row.phase)", sourceLocation: sourceLocation)
            #expect(machine.phase == expected[index], "\(name) in \(row.phase)", sourceLocation: sourceLocation)
        }
    }

    private static let unchanged = Self.phases.map(\.phase)

    @Test func onlyAnOpenConnectionTakesRequests() {
        Self.check(
            "send", Self.unchanged, { "\($0.admission(4, "other"))" },
            gives: ["write", "refused", "refused", "refused", "refused", "refused", "refused"])
    }

    @Test func aRequestCancelledBeforeIsNeverWritten() {
        Self.check(
            "cancel, then send", Self.unchanged,
            {
                $0.cancel(4)
                return "\($0.admission(4, "other"))"
            }, gives: Array(repeating: "cancelled", count: 7))
        Self.check(
            "cancel, forget, then send", Self.unchanged,
            {
                $0.cancel(4)
                $0.forgetCancellation(4)
                return "\($0.admission(4, "other"))"
            }, gives: ["write", "refused", "refused", "refused", "refused", "refused", "refused"])
    }

    @Test func anAwaitedReplyIsDeliveredWhileMessagesAreRead() {
        Self.check(
            "awaited reply",
            [.open, .open, .closing(.closedHere), .closing(.closedByPeer), .closing(.protocolError), .closing(.closedHere), .closed],
            {
                $0.received(Messages.reply(2))
                return $0.resumed().joined(separator: " ")
            }, gives: ["waiter", "waiter", "waiter closedHere", "", "", "", ""])
    }

    @Test func anyReplyShowsThatThePeerLives() {
        Self.check(
            "late reply",
            [.open, .open, .draining, .closing(.closedByPeer), .closing(.protocolError), .closing(.closedHere), .closed],
            {
                $0.received(Messages.reply(100))
                return $0.resumed().joined(separator: " ")
            }, gives: Array(repeating: "", count: 7))
    }

    @Test func closeConnectionEndsIt() {
        Self.check(
            "CloseConnection",
            [
                .closing(.closedByPeer), .closing(.closedByPeer), .closing(.closedByPeer), .closing(.closedByPeer),
                .closing(.protocolError),
                .closing(.closedHere), .closed,
            ],
            {
                $0.received(CDRWriter.headerOnly(.closeConnection, version: .v1_2))
                return $0.resumed().joined(separator: " ")
            }, gives: ["closedByPeer", "closedByPeer", "closedByPeer", "", "", "", ""])
    }

    @Test func aTimeOutMakesItUnresponsive() {
        Self.check(
            "deadline",
            [
                .unresponsive, .unresponsive, .closing(.closedHere), .closing(.closedByPeer), .closing(.protocolError),
                .closing(.closedHere),
                .closed,
            ],
            { machine in
                let late = machine.hitDeadline(.distantFuture).sorted()
                return (late + machine.resumed()).joined(separator: " ")
            },
            gives: ["waiter", "waiter", "waiter closedHere", "waiter", "waiter", "waiter", ""])
    }

    @Test func aCancelledRequestEndsWhatWasReplaced() {
        Self.check(
            "cancel",
            [
                .open, .unresponsive, .closing(.closedHere), .closing(.closedByPeer), .closing(.protocolError), .closing(.closedHere),
                .closed,
            ],
            { machine in
                let cancelled = machine.cancel(2) ?? "nobody"
                return ([cancelled] + machine.resumed()).joined(separator: " ")
            },
            gives: ["waiter", "waiter", "waiter closedHere", "waiter", "waiter", "waiter", "nobody"])
    }

    @Test func aTimeOutElsewhereStopsAnOpenConnection() {
        Self.check(
            "suspect",
            [
                .unresponsive, .unresponsive, .draining, .closing(.closedByPeer), .closing(.protocolError), .closing(.closedHere), .closed,
            ],
            {
                $0.suspect()
                return ""
            }, gives: Array(repeating: "", count: 7))
    }

    @Test func whoStillWaitsAtTheEndLearnsWhy() {
        Self.check(
            "end", Array(repeating: .closed, count: 7), { $0.failure() },
            gives: [
                "connectionLost", "connectionLost", "connectionLost", "closedByPeer", "protocolError", "connectionLost", "connectionLost",
            ])
    }

    @Test func aCancelledRequestWithoutReplyIsATimeOutToo() {
        let machine = ClientBench()
        machine.send(2, "given up", deadline: .uptimeNanoseconds(10))
        machine.cancel(2)
        #expect(machine.outstanding == 0)
        #expect(machine.phase == .open)
        #expect(machine.nextDeadline == .uptimeNanoseconds(10))
        #expect(machine.hitDeadline(.uptimeNanoseconds(10)).isEmpty)
        #expect(machine.phase == .unresponsive)
    }
}
