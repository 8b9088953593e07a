import Foundation
import TangoCore
import Testing

@testable import TangoDatabase

@Suite struct FileClaimTests {
    private func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tango-database-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    @Test func aFileIsServedOnce() async throws {
        try await self.withFolder { folder in
            let path = folder.appendingPathComponent("tango.sqlite").path
            let link = folder.appendingPathComponent("link.sqlite").path
            try Data().write(to: URL(fileURLWithPath: path))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            var claim: FileClaim? = try FileClaim(of: path)
            for other in [path, link] {
                let failure = #expect(throws: DevFailed.self) { try FileClaim(of: other) }
                #expect(failure?.reason == .databaseSQL)
                #expect(failure?.reasonDescription == "\(other) is served by another database server (process \(getpid()))")
            }
            #expect(claim != nil)
            claim = nil
            _ = try FileClaim(of: link)
        }
    }

    @Test func whatCannotBeLockedIsServedWithAWarning() async throws {
        try await self.withFolder { folder in
            // The lock's name is that of a folder.
            let path = folder.appendingPathComponent("tango.sqlite").path
            try FileManager.default.createDirectory(atPath: path + ".lock", withIntermediateDirectories: false)
            #expect(try FileClaim(of: path).failure == "Is a directory")
            #expect(try FileClaim(of: folder.appendingPathComponent("new/tango.sqlite").path).failure == nil)
        }
    }

    @Test func aSecondServerOnTheFileLeavesTheFirstAlone() async throws {
        try await self.withFolder { folder in
            let path = folder.appendingPathComponent("tango.sqlite").path
            let first = DatabaseServer(store: try DatabaseStore(path: path), host: "127.0.0.1", port: 0)
            try await first.start()
            #expect(throws: DevFailed.self, "not even opened") { try DatabaseStore(path: path) }
            let second = DatabaseServer(store: try DatabaseStore(sharing: path), host: "127.0.0.1", port: 0)
            await #expect(throws: DevFailed.self) { try await second.run() }
            let commands = try CommandTable(path: path)
            #expect(try commands.texts("DbGetDeviceExportedList", "sys/database/*") == ["sys/database/2"])
            await first.stop()
            #expect(throws: Never.self, "the first has let go of it") { try FileClaim(of: path) }
            let third = DatabaseServer(store: try DatabaseStore(path: path), host: "127.0.0.1", port: 0)
            try await third.start()
            await third.stop()
        }
    }
}
