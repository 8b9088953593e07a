import Synchronization

/// The number of attributes of a device whose quality is ALARM or WARNING now.
///
/// Kept up to date by every read, so that computing State does not look at the attributes.
final class ActiveAlarmCount: Sendable {
    private let count = Atomic<Int>(0)
    var isEmpty: Bool { self.count.load(ordering: .relaxed) == 0 }
    func change(by difference: Int) { self.count.add(difference, ordering: .relaxed) }
}
