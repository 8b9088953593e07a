import Foundation
import Testing

/// The Swift code in the documents is code of this target: compiled, and run where it can be.
struct GuideTests {
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Lines without indentation; blank ones and imports left out.
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

    @Test(arguments: ["docs/writing-a-device.md", "README.md"]) func swiftCodeOfTheDocumentsIsCompiled(_ document: String) throws {
        let text = try String(contentsOf: Self.repository.appendingPathComponent(document), encoding: .utf8)
        let blocks = text.matches(of: /(?s)```swift\n(.*?)```/).map(\.1)
        #expect(!blocks.isEmpty)
        let snippets = try Self.snippets()
        for block in blocks {
            // `…` leaves something out.
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
