import TangoCore
import TangoWire

/// What the poll cache has of the attributes of one read.
struct CachedAttributes: Sendable {
    let names: [String]
    /// Values by position; `nil` where the device has to be read.
    private(set) var values: [AttributeValue?] = []
    private var isComplete = true
    /// Approximate size of the values in bytes.
    private var size = 0

    init(names: [String]) {
        self.names = names
        self.values.reserveCapacity(names.count)
    }

    /// Whether the values are more than a message can take: a short request may name a big array many times over.
    var isFull: Bool { self.size >= MessageSplitter.defaultMaximumMessageSize }

    mutating func append(_ value: AttributeValue?) {
        self.values.append(value)
        if let value { self.size += value.approximateSize } else { self.isComplete = false }
    }

    /// The values when the cache has all of them.
    /// - Throws: the failure of an attribute, before interface 3; `NO_RESOURCES` when the values are too big for a message.
    func complete(version: Int) throws -> [AttributeValue]? {
        guard self.values.count == self.names.count else { throw SystemException.noResources }
        guard self.isComplete else { return nil }
        let values = self.values.compactMap { $0 }
        if version < 3, let failure = values.lazy.compactMap(\.failure).first { throw failure }
        return values
    }
}
