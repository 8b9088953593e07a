import TangoCore

/// The reads of the properties of attributes that were added to a running device.
struct AddedAttributeReads: Sendable {
    /// Reading the properties of one attribute.
    struct Read: Sendable {
        let attribute: String
        /// Gets the properties, and whether an earlier attempt failed.
        let apply: @Sendable (StoredAttributeProperties?, _ isRepeated: Bool) -> Void
        /// Runs when the attribute does not count as unread any more.
        let completion: @Sendable () async -> Void
        /// Whether an earlier attempt failed; `apply` was called then.
        var isRepeated = false
    }

    private struct Unread {
        /// Requests under way.
        var requests = 0
        /// Properties changed since the request, in lower case: newer than its answer.
        var changed: Set<String> = []
    }

    /// Attributes whose properties were requested and have not arrived yet, by name in lower case.
    private var unread: [String: Unread] = [:]
    /// Reads that are made with one request, by its number.
    private var waiting: [Int: [Read]] = [:]
    /// Reads that failed and are to be repeated, by attribute in lower case.
    private var failed: [String: Read] = [:]

    init() {}

    var isAnyUnderWay: Bool { !self.unread.isEmpty }
    var hasFailed: Bool { !self.failed.isEmpty }
    /// Names of the attributes whose properties could not be read.
    var failedNames: [String] { self.failed.isEmpty ? [] : self.failed.values.map(\.attribute).sorted() }

    /// Whether the properties of an attribute, named in lower case, are not known.
    func isUnread(_ key: String) -> Bool { self.unread[key] != nil || self.failed[key] != nil }

    /// Adds a read to a request.
    mutating func begin(_ read: Read, in request: Int) {
        let key = read.attribute.tangoFolded
        self.failed[key] = nil
        self.unread[key, default: Unread()].requests += 1
        self.waiting[request, default: []].append(read)
    }

    /// Returns the reads of a request that is made now.
    mutating func take(_ request: Int) -> [Read] { self.waiting.removeValue(forKey: request) ?? [] }

    /// Notes that a read is over.
    mutating func finish(_ key: String) {
        self.unread[key]?.requests -= 1
        if self.unread[key]?.requests == 0 { self.unread[key] = nil }
    }

    /// Notes that a read has failed; it is to be repeated unless another one of the attribute is under way.
    mutating func fail(_ read: Read) {
        let key = read.attribute.tangoFolded
        self.finish(key)
        if self.unread[key] == nil { self.failed[key] = read }
    }

    /// Forgets the failed read of an attribute that was removed.
    mutating func cancelFailed(_ key: String) { self.failed[key] = nil }

    /// Returns the reads that failed, which are repeated now.
    mutating func repeatFailed() -> [Read] {
        var reads = self.failed.values.sorted { $0.attribute < $1.attribute }
        self.failed = [:]
        for index in reads.indices {
            reads[index].isRepeated = true
            self.unread[reads[index].attribute.tangoFolded, default: Unread()].requests += 1
        }
        return reads
    }

    /// Notes that a property was changed, all names in lower case.
    mutating func changed(_ name: String, ofAttribute key: String) {
        if !self.unread.isEmpty { self.unread[key]?.changed.insert(name) }
    }

    /// Properties changed since the request, in lower case.
    func changed(ofAttribute key: String) -> Set<String> { self.unread[key]?.changed ?? [] }
}
