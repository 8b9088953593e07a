import Foundation
import Testing

/// The threat model in SECURITY.md names the tests of its promises.
@Suite struct PromiseTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../../..")
        .standardizedFileURL

    @Test func everyTestThatIsNamedExists() throws {
        let document = try String(contentsOf: Self.root.appendingPathComponent("SECURITY.md"), encoding: .utf8)
        let promises = try #require(document.components(separatedBy: "### What is promised").last)
        let rows = promises.components(separatedBy: "\n## ")[0].split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
        let tests = try #require(FileManager.default.enumerator(atPath: Self.root.appendingPathComponent("Tests").path))
            .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
        var suites: [String: String] = [:]
        for path in tests {
            let text = try String(contentsOf: Self.root.appendingPathComponent("Tests/\(path)"), encoding: .utf8)
            for match in text.matches(of: /struct (\w+Tests)\b/) { suites[String(match.1), default: ""] += text }
        }
        #expect(rows.count > 10)
        for row in rows {
            let names = (row.split(separator: "|").last ?? "").matches(of: /`([^`]+)`/).map { String($0.1) }
            #expect(!names.isEmpty, "\(row)")
            var suite = ""
            for name in names {
                let parts = name.split(separator: "/").map(String.init)
                if parts.count == 2 || name.first?.isUppercase == true { suite = parts[0] }
                let text = try #require(suites[suite], "\(name)")
                if let test = parts.last, test != suite { #expect(text.contains("func \(test)("), "\(suite)/\(test)") }
            }
        }
    }
}
