import HTTPTypes
import Synchronization

/// Parsed paths, since clients that poll request the same paths again and again.
final class PathCache: Sendable {
    private let paths = Mutex<[String: ResourcePath]>([:])
    private let limit: Int

    init(limit: Int = 1024) {
        self.limit = limit
    }

    /// Returns the parsed path.
    /// - Parameter onFound: called with the resource, also when it does not allow the method.
    /// - Throws: as `ResourcePath.init(method:path:)`.
    func path(_ method: HTTPRequest.Method, _ path: String, onFound: (Resource) -> Void) throws(HTTPFailure) -> ResourcePath {
        if let known = self.paths.withLock({ $0[path] }) {
            onFound(known.resource)
            try known.check(method)
            return known
        }
        let parsed = try ResourcePath(method: method, path: path, onFound: onFound)
        self.paths.withLock { paths in
            if paths.count >= self.limit { paths.removeAll(keepingCapacity: true) }
            paths[path] = parsed
        }
        return parsed
    }
}
