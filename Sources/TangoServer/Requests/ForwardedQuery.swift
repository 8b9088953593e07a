import TangoCore
import TangoWire

/// A query that a device answers without its gate and, because of its forwarded attributes, has to send on to other devices.
struct ForwardedQuery: GatedOperation {
    enum Query: Sendable {
        case configs([String], version: Int)
        case history(String, count: Int)
    }

    enum Suspension: Sendable {
        case refreshing([String], version: Int)
        case readingHistory(AttributeRuntime, ForwardedRoot, name: String, count: Int)
    }

    private enum Phase {
        case starting(Query)
        case finished(DeviceResult)
    }

    var isSerialized: Bool { false }
    private var phase: Phase

    init(_ query: Query) {
        self.phase = .starting(query)
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .starting(.configs(let names, let version)): return .suspended(.refreshing(names, version: version))
        case .starting(.history(let name, let count)):
            guard let attribute = runtime.attribute(name), let root = attribute.root else {
                return .finished(.attributeHistory(try runtime.pollCache.attributeHistory(name, count)))
            }
            return .suspended(.readingHistory(attribute, root, name: name, count: count))
        case .finished(let result): return .finished(result)
        }
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .refreshing(let names, let version):
            await runtime.forwarding.refreshRoots(names)
            self.phase = .finished(.attributeConfigs(try runtime.attributeConfigs(names, version)))
        case .readingHistory(let attribute, let root, let name, let count):
            let history = try await root.history(as: attribute.name, count: count, requestedAs: name, of: runtime.name)
            self.phase = .finished(.attributeHistory(history))
        }
    }
}
