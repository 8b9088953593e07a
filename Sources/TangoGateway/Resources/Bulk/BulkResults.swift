import Synchronization
import TangoCore

/// The items of an answer, set as devices answer.
final class BulkResults: Sendable {
    private let items: Mutex<[JSONValue?]>

    init(count: Int) {
        self.items = Mutex(Array(repeating: nil, count: count))
    }

    func set(_ index: Int, _ item: JSONValue) { self.items.withLock { $0[index] = item } }

    var all: [JSONValue?] { self.items.withLock { $0 } }
}
