import HTTPTypes
import Synchronization

/// Paths taken apart: clients that watch something ask for the same ones again and again.
final class PathCache: Sendable {
    private let paths = Mutex<[String: ResourcePath]>([:])
    private let limit: Int

    init(limit: Int = 1024) {
        self.limit = limit
    }

    /// - Throws: as `ResourcePath.init(method:path:)`.
    func path(_ method: HTTPRequest.Method, _ path: String) throws(HTTPFailure) -> ResourcePath {
        if let known = self.paths.withLock({ $0[path] }) {
            try known.check(method)
            return known
        }
        let parsed = try ResourcePath(method: method, path: path)
        self.paths.withLock { paths in
            if paths.count >= self.limit { paths.removeAll(keepingCapacity: true) }
            paths[path] = parsed
        }
        return parsed
    }
}
