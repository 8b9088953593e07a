extension Collection where Element: Sendable {
    /// Maps with at most `limit` calls under way at once.
    /// - Returns: the results, in order.
    /// - Throws: the first failure, after which the rest is cancelled.
    func concurrentMap<Result: Sendable>(
        atMost limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var rest = self.enumerated().makeIterator()
            func startNext() {
                guard let (index, element) = rest.next() else { return }
                group.addTask { (index, try await transform(element)) }
            }
            for _ in 0..<limit { startNext() }
            var results: [Result?] = Array(repeating: nil, count: self.count)
            while let (index, result) = try await group.next() {
                results[index] = result
                startNext()
            }
            return results.compactMap { $0 }
        }
    }
}
