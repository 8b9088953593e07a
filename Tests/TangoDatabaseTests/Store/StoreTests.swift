import Foundation
import TangoCore
import Testing

@testable import TangoDatabase

private func withFile(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tango-database-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.appendingPathComponent("deep/database.sqlite").path)
}

@Test func aNewDatabaseHasTheUsualContent() throws {
    let store = try CommandTable.inMemory()
    guard case .stringArray(let lines) = try store.execute("DbInfo", .void) else {
        Issue.record("DbInfo answers no texts")
        return
    }
    #expect(lines.count == 14)
    #expect(lines[0] == "TANGO Database sys/database/2")
    #expect(lines[4] == "Devices defined  = 8")
    #expect(lines[6] == "Device servers defined  = 4")
    #expect(lines[10] == "Class properties defined  = 67 [History lgth = 0]")
    #expect(try store.texts("DbGetDeviceWideList", "sys/*") == ["sys/access_control/1", "sys/database/2", "sys/rest/0", "sys/tg_test/1"])
}

@Test func allNinetySevenCommandsExist() {
    #expect(DatabaseCommand.all.count == 97)
    #expect(Timings.index.count == 28 && Timings.index.allSatisfy { DatabaseCommand.named($0) != nil })
    #expect(DatabaseCommand.named("dbgetclassfordevice")?.info.name == "DbGetClassForDevice")
}

@Test func acknowledgedWritesAreThereForAnotherProcess() throws {
    try withFile { path in
        let store = try CommandTable(path: path)
        try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "2", "x", "y"])
        // The first store is still open, as after a crash: nothing was checkpointed or closed for the second.
        let second = try CommandTable(path: path)
        #expect(try second.texts("DbGetDeviceProperty", ["a/b/c", "P"]) == ["a/b/c", "1", "P", "2", "x", "y"])
        try second.texts("DbDeleteDeviceProperty", ["a/b/c", "P"])
        #expect(try store.texts("DbGetDevicePropertyList", ["a/b/c", "*"]) == [])
    }
}

@Test func aReopenedDatabaseKeepsDeletedExamplesDeleted() throws {
    try withFile { path in
        try CommandTable(path: path).texts("DbDeleteServer", "TangoTest/test")
        let store = try CommandTable(path: path)
        #expect(try store.texts("DbGetDeviceWideList", "sys/tg_test/*") == [])
        #expect(try store.texts("DbGetDeviceWideList", "sys/database/*") == ["sys/database/2"])
    }
}

@Test func theFileIsSyncedAtEveryCommit() throws {
    try withFile { path in
        let store = try CommandTable(path: path)
        #expect(try store.store.write(origin: "test") { try $0.connection.texts("PRAGMA synchronous") } == ["2"])
        #expect(try store.store.read(origin: "test") { try $0.texts("PRAGMA journal_mode") } == ["wal"])
    }
}

@Test func writersInParallelLoseNothing() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tango-database-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try CommandTable(path: folder.appendingPathComponent("database.sqlite").path)
    try await withThrowingTaskGroup(of: Void.self) { group in
        for writer in 0..<8 {
            group.addTask {
                for number in 0..<25 {
                    try store.texts(
                        "DbPutDeviceProperty", ["w/w/\(writer)", "2", "P\(number)", "1", "\(number)", "shared", "1", "\(number)"])
                    _ = try store.texts("DbGetDeviceProperty", ["w/w/\(writer)", "P*"])
                }
            }
        }
        try await group.waitForAll()
    }
    for writer in 0..<8 {
        #expect(try store.texts("DbGetDevicePropertyList", ["w/w/\(writer)", "P*"]).count == 25)
        #expect(try store.texts("DbGetDevicePropertyHist", ["w/w/\(writer)", "shared"]).count == 40)
    }
}

@Test func whatIsNoDatabaseIsRefused() throws {
    try withFile { path in
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(repeating: 0x41, count: 4096).write(to: url)
        #expect(throws: DevFailed.self) { try CommandTable(path: path) }
    }
}

@Test func successfulCallsAreTimed() throws {
    let store = try populatedStore()
    try store.texts("DbImportDevice", "a/b/c")
    _ = store.reason("DbImportDevice", "no/such/dev")
    let position = try #require(Timings.index.firstIndex(of: "DbImportDevice"))
    #expect(store.timings.calls[position] == 1)
    #expect(store.timings.maximum[position] > 0 && store.timings.minimum[position] == store.timings.average[position])
    let info = store.timings.info(host: "h")
    #expect(info.count == 32 && info[0] == "TANGO Database Timing info on host h")
    #expect(info[4] == "DbDeleteDeviceProperty\t 0.000\t 0.000\t 0.000\t0")
    _ = try store.execute("ResetTimingValues", .void)
    #expect(store.timings.calls.allSatisfy { $0 == 0 })
}

@Test func unknownCommandsAndWrongTypesAreRefused() throws {
    let store = try CommandTable.inMemory()
    #expect(store.reason("DbExportServer", "x") == .commandNotFound)
    #expect(store.reason("DbImportDevice", ["x"]) == .incompatibleCommandArgument)
}
