import Foundation
import Testing

/// The Swift code in the documents is part of this target: it is compiled, and run where possible.
struct GuideTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Returns the lines without indentation, blank lines, comments and imports.
    private static func lines(_ text: Substring) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces).replacing(/\s+\/\/.*$/, with: "") }
            .filter { !$0.isEmpty && !$0.hasPrefix("import ") && !$0.hasPrefix("//") }
    }

    private static func snippets() throws -> [[String]] {
        let folder = Self.repository.appendingPathComponent("Tests/GuideTests/Snippets")
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).map {
            Self.lines(try String(contentsOf: $0, encoding: .utf8)[...])
        }
    }

    /// Makes the package that README describes, builds it and starts its server. Takes a few minutes the first time.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["FIRST_PACKAGE"] == "1", "FIRST_PACKAGE=1 runs it"))
    func theDeviceOfTheReadmeIsAPackageOfItsOwn() throws {
        let script = Process()
        script.executableURL = Self.repository.appendingPathComponent("Scripts/first-package.sh")
        try script.run()
        script.waitUntilExit()
        #expect(script.terminationStatus == 0)
    }

    static let documents = [
        "README.md", "Sources/TangoClient/TangoClient.docc/TangoClient.md", "Sources/TangoServer/TangoServer.docc/WritingADevice.md",
        "Sources/TangoTesting/TangoTesting.docc/TangoTesting.md",
    ]

    @Test(arguments: Self.documents) func swiftCodeOfTheDocumentsIsCompiled(_ document: String) throws {
        let text = try String(contentsOf: Self.repository.appendingPathComponent(document), encoding: .utf8)
        // Scripts/first-package.sh checks the manifest.
        let blocks = text.matches(of: /(?s)```swift\n(.*?)```/).map(\.1).filter { !$0.hasPrefix("// swift-tools-version") }
        #expect(!blocks.isEmpty)
        let snippets = try Self.snippets()
        for block in blocks {
            // `…` stands for omitted lines.
            for part in block.split(separator: "…") {
                let wanted = Self.lines(part)
                guard !wanted.isEmpty else { continue }
                let isThere = snippets.contains { lines in
                    lines.indices.contains { lines[$0...].starts(with: wanted) }
                }
                #expect(isThere, "not in Tests/GuideTests/Snippets:\n\(wanted.joined(separator: "\n"))")
            }
        }
    }
}
