import Foundation
import Synchronization
import TangoCore
import Testing

@testable import TangoDatabase

@Suite struct GroupCommitTests {
    /// A store in a file, and another one on the same file, which sees only what is committed.
    private func withStores(_ body: (CommandTable, CommandTable) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tango-database-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("tango.sqlite").path
        try await body(try CommandTable(path: path), try CommandTable(path: path))
    }

    /// Runs the body on as many threads at once as there are numbers.
    private func atOnce(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let group = DispatchGroup()
                for number in 0..<count {
                    group.enter()
                    Thread.detachNewThread {
                        body(number)
                        group.leave()
                    }
                }
                group.wait()
                continuation.resume()
            }
        }
    }

    @Test func whatIsAcknowledgedIsCommittedEvenWhenManyWriteAtOnce() async throws {
        try await self.withStores { store, other in
            let failures = Failures()
            await self.atOnce(40) { thread in
                for number in 0..<10 {
                    let name = "a/b/\(thread)-\(number)"
                    do {
                        try store.texts("DbAddDevice", ["Srv/I1", name, "Cls"])
                        try store.texts("DbExportDevice", [name, "IOR:01", "hostA.dom", "1", "5"])
                        let (numbers, texts) = (try other.numbers("DbImportDevice", name), try other.texts("DbImportDevice", name))
                        if numbers != [1, 1] || texts[1] != "IOR:01" { failures.add("\(name): \(numbers) \(texts)") }
                    } catch { failures.add("\(name): \(error)") }
                }
            }
            #expect(failures.all.isEmpty)
            let found = try store.texts("DbGetDeviceList", ["Srv/I1", "Cls"])
            #expect(found.count == 400)
        }
    }

    @Test func oneThatFailsUndoesItsOwnChangesOnly() async throws {
        try await self.withStores { store, other in
            let failures = Failures()
            await self.atOnce(40) { thread in
                for number in 0..<10 {
                    let name = "a/b/\(thread)-\(number)"
                    do {
                        if number.isMultiple(of: 2) {
                            try store.texts("DbAddDevice", ["Srv/I1", name, "Cls"])
                        } else if store.reason("DbExportDevice", [name, "IOR:01", "hostA.dom", "1", "5"]) != .databaseDeviceNotDefined {
                            failures.add(name)
                        }
                    } catch { failures.add("\(name): \(error)") }
                }
            }
            #expect(failures.all.isEmpty)
            let found = try other.texts("DbGetDeviceList", ["Srv/I1", "Cls"])
            #expect(found.count == 200)
        }
    }

    @Test func aCommandThatFailsHalfWayLeavesNothingBehindAmongOthers() async throws {
        try await self.withStores { store, other in
            let failures = Failures()
            await self.atOnce(40) { thread in
                for number in 0..<5 {
                    // The second device's name is wrong: the first must not stay.
                    let argument = ["Srv/I\(thread)", "a/b/\(thread)-\(number)", "Cls", "wrong", "Cls"]
                    if store.reason("DbAddServer", argument) == nil { failures.add("\(thread)") }
                    do { try store.texts("DbPutProperty", ["object\(thread)", "1", "p\(number)", "1", "v"]) } catch {
                        failures.add("\(error)")
                    }
                }
            }
            #expect(failures.all.isEmpty)
            let servers = try other.texts("DbGetServerList", "Srv/*")
            #expect(servers.isEmpty)
            let objects = try other.texts("DbGetObjectList", "object*")
            #expect(objects.count == 40)
        }
    }
}

private final class Failures: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { self.texts.withLock { $0 } }
    func add(_ text: String) { self.texts.withLock { $0.append(text) } }
}
