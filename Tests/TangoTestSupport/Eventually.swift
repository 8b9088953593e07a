/// A condition that did not come true in time.
package struct ConditionNotMet: Error, CustomStringConvertible {
    package let description: String
}

/// Waits until the condition holds; polls it every 10 ms.
/// - Parameter limit: generous, because machines may be slow and busy: a passing test never waits for it.
/// - Throws: `ConditionNotMet` with the place of the call, or what the condition throws.
package func eventually(
    within limit: Duration = .seconds(40), file: StaticString = #fileID, line: UInt = #line, _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        guard ContinuousClock.now < end else { throw ConditionNotMet(description: "\(file):\(line): not true within \(limit)") }
        try await Task.sleep(for: .milliseconds(10))
    }
}
