import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// The database's power fails in the middle of its work.
@Suite(.serialized) struct DatabaseKillTests {
    /// The numbers acknowledged to each writer.
    private final class Ledger: Sendable {
        private let state = Mutex((last: [Int: Int](), count: 0))

        func note(_ number: Int, of writer: Int) {
            self.state.withLock {
                $0.last[writer] = number
                $0.count += 1
            }
        }

        var count: Int { self.state.withLock { $0.count } }
        var last: [Int: Int] { self.state.withLock { $0.last } }
    }

    /// Thirty-two clients write side by side, so that their changes share transactions; each says what was acknowledged.
    @Test(arguments: 1...3) func whatWasAcknowledgedSurvivesAKillAmongManyWriters(round: Int) async throws {
        try await PeerSystem.withOurs { system, database in
            let ledger = Ledger()
            let writers = 0..<32
            await withTaskGroup(of: Void.self) { group in
                for writer in writers {
                    group.addTask {
                        let client = ControlSystem(host: system.host)
                        var number = 0
                        while let database = try? client.database(),
                            (try? await database.putProperties(
                                ofDevice: "test/kill/\(writer)",
                                [(name: "number", values: ["\(number)"]), (name: "twin", values: ["\(number)"])]))
                                != nil
                        {
                            ledger.note(number, of: writer)
                            number += 1
                        }
                        await client.shutdown()
                    }
                }
                // At a different place each time.
                while ledger.count < 400 + 157 * round { try? await Task.sleep(for: .milliseconds(1)) }
                database.signal(SIGKILL)
            }
            _ = try await database.finished()
            let acknowledged = ledger.last

            let again = try await system.startOurDatabase()
            let client = try system.client.database()
            for writer in writers {
                let kept = try await client.properties(ofDevice: "test/kill/\(writer)", names: ["number", "twin"])
                let numbers = kept.map { $0.values?.first.flatMap { Int($0) } ?? -1 }
                // The last write may have been kept without having been acknowledged; both its properties or none.
                #expect(numbers.count == 2 && numbers[0] == numbers[1], "\(writer): \(kept)")
                #expect(numbers[0] >= acknowledged[writer] ?? -1, "\(writer): \(numbers) after \(acknowledged[writer] ?? -1)")
            }
            await again.stop()
        }
    }
}
