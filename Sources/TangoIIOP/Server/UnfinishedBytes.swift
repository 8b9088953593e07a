import Synchronization

/// Bytes that the connections of a server hold of unfinished messages.
final class UnfinishedBytes: Sendable {
    private let total = Atomic<Int>(0)
    private let maximum: Int
    /// What one connection may always hold, so that small requests are served while others send large ones.
    private static let allowance = 1 << 16

    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Replaces what one connection holds.
    /// - Returns: whether that is allowed.
    func change(from old: Int, to new: Int) -> Bool {
        guard new != old else { return true }
        let total = self.total.wrappingAdd(new - old, ordering: .relaxed).newValue
        return total <= self.maximum || new <= Self.allowance || new < old
    }
}
