import TangoCore
import TangoIIOP
import TangoWire
import Testing

@testable import TangoClient

/// The repetition of calls as a table: what each error leads to in each phase.
struct CallRecoveryTests {
    private static let phases: [CallRecovery.Phase] = [
        .keptReference(resends: 0), .keptReference(resends: 2), .freshReference(resends: 0), .freshReference(resends: 2),
        .secondReference(resends: 0), .secondReference(resends: 2),
    ]
    private static let elsewhere = IOR(typeID: "IDL:Tango/Device_5:1.0", host: "h", port: 1, objectKey: "k")
    private static let table: [(error: TransportError, actions: [CallRecovery.Action])] = [
        (.closedByPeer, [.resend, .lookUp, .resend, .fail, .resend, .fail]),
        (.forwarded(elsewhere), [.follow, .follow, .follow, .follow, .fail, .fail]),
        (.connectionRefused("h:1"), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.hostNotFound("h"), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.connectTimedOut("h:1"), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.connectFailed("h:1"), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.system(.objectNotExist), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.system(SystemException("TRANSIENT", minorCode: 0)), [.lookUp, .lookUp, .fail, .fail, .fail, .fail]),
        (.system(SystemException("NO_IMPLEMENT", minorCode: 0)), Array(repeating: .fail, count: 6)),
        // May have been executed: never repeated.
        (.connectionLost, Array(repeating: .fail, count: 6)), (.timedOut, Array(repeating: .fail, count: 6)),
        (.protocolError, Array(repeating: .fail, count: 6)), (.badReply(.truncated), Array(repeating: .fail, count: 6)),
        (.user(.unknown("x")), Array(repeating: .fail, count: 6)), (.cancelled, Array(repeating: .fail, count: 6)),
        (.shutDown, Array(repeating: .fail, count: 6)),
    ]

    /// Brings a value into a phase.
    private static func recovery(_ phase: CallRecovery.Phase) -> CallRecovery {
        var recovery: CallRecovery
        let resends: Int
        switch phase {
        case .keptReference(let count): (recovery, resends) = (CallRecovery(isReferenceKept: true), count)
        case .freshReference(let count): (recovery, resends) = (CallRecovery(isReferenceKept: false), count)
        case .secondReference(let count):
            (recovery, resends) = (CallRecovery(isReferenceKept: true), count)
            _ = recovery.next(after: .connectionRefused("h:1"))
        }
        for _ in 0..<resends { _ = recovery.next(after: .closedByPeer) }
        return recovery
    }

    @Test func everyErrorHasItsActionInEveryPhase() {
        for row in Self.table {
            for (phase, action) in zip(Self.phases, row.actions) {
                var recovery = Self.recovery(phase)
                #expect(recovery.phase == phase)
                #expect(recovery.next(after: row.error) == action, "\(row.error) in \(phase)")
            }
        }
    }

    @Test func noSeriesOfErrorsRepeatsACallForEver() {
        let errors: [TransportError] = [.closedByPeer, .forwarded(Self.elsewhere), .connectionRefused("h:1"), .system(.objectNotExist)]
        for first in errors {
            for second in errors {
                var recovery = CallRecovery(isReferenceKept: true)
                var attempts = 1
                while recovery.next(after: attempts % 2 == 0 ? first : second) != .fail { attempts += 1 }
                #expect(attempts <= 6)
            }
        }
    }
}
