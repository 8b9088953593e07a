import HTTPTypes
import NIOCore
import Synchronization
import TangoIIOP

/// Answers equal requests that arrive together with one reading.
///
/// A request joins another only in the turn of the event loop in which that one began, that is before anything of it has left for a
/// device: no answer holds a value read before its request came, whatever `Cache-Control` says.
final class JoinedRequests: Sendable {
    typealias Outcome = Result<GatewayResponse, HTTPFailure>
    typealias Work = BoundedWork<Outcome>

    /// All that decides about an answer.
    struct Key: Hashable, Sendable {
        private let path: String
        private let query: String
        private let origin: String
        private let accept: String?
        private let cacheControl: String?
        private let range: String?
        private let user: String?
        private let address: String?

        /// - Parameter asksRights: whether who asks from where decides about the answer.
        /// - Returns: `nil` for a request that has to be answered by itself.
        init?(_ request: GatewayRequest, asksRights: Bool) {
            let headers = request.headers
            // A trace follows its own call; a validator asks about one's own copy.
            guard request.method == .get, request.body.isEmpty, headers[.traceParent] == nil, headers[.ifNoneMatch] == nil,
                headers[.ifModifiedSince] == nil
            else { return nil }
            self.path = request.path
            self.query = request.query
            self.origin = request.origin
            self.accept = headers[.accept]
            self.cacheControl = headers[.cacheControl]
            self.range = headers[.range]
            self.user = request.user
            self.address = asksRights ? request.clientAddress : nil
        }
    }

    private struct Place: Hashable {
        var loop: ObjectIdentifier
        var key: Key
    }

    private let begun = Mutex<[Place: Work]>([:])
    private let joinedCounter = Atomic<UInt64>(0)

    /// Requests answered with another one's reading.
    var joinedCount: UInt64 { self.joinedCounter.load(ordering: .relaxed) }

    /// The outcome of the work, or of that of an equal request of this turn; `nil` when there was none within the limit.
    /// - Parameter executor: where the work runs. Only callers on its event loop join others: elsewhere there are no turns.
    func outcome(
        _ key: Key, _ limit: Duration, on executor: EventLoopExecutor, _ work: @escaping @Sendable () async -> Outcome
    ) async -> Outcome? {
        guard executor.eventLoop.inEventLoop else { return await Work(limit, on: executor, work).result() ?? nil }
        let place = Place(loop: ObjectIdentifier(executor.eventLoop), key: key)
        if let begun = self.begun.withLock({ $0[place] }), let outcome = await begun.result() {
            self.joinedCounter.wrappingAdd(1, ordering: .relaxed)
            return outcome
        }
        let own = Work(limit, on: executor, work)
        self.begun.withLock { $0[place] = own }
        // The work begins before, but what it writes to devices leaves after.
        executor.eventLoop.execute { _ = self.begun.withLock { $0.removeValue(forKey: place) } }
        return await own.result() ?? nil
    }
}
