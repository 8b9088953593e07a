package import Foundation

/// A folder for the files of a test.
package struct TestFolder {
    package let path: String

    /// Makes a folder that the caller removes.
    package static func make() throws -> URL {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("swift-tango-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Runs the body with a folder that is removed afterwards.
    package static func with<Result>(_ body: (TestFolder) async throws -> Result) async throws -> Result {
        let url = try Self.make()
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(TestFolder(path: url.path))
    }

    package func file(_ name: String) -> String { "\(self.path)/\(name)" }

    package func write(_ text: String, to name: String) throws -> String {
        let path = self.file(name)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
