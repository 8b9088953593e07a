import HTTPTypes
import NIOCore
import Synchronization
import TangoIIOP

/// Answers equal requests that arrive together from one execution.
///
/// A request joins another only in the turn of the event loop in which that one began, before any call to a device was sent. So no answer
/// holds a value that was read before its request arrived, and `Cache-Control` does not matter.
final class RequestCoalescer: Sendable {
    typealias Outcome = Result<GatewayResponse, HTTPFailure>
    typealias Work = BoundedWork<Outcome>

    /// Everything an answer depends on.
    struct Key: Hashable, Sendable {
        private let path: String
        private let query: String
        private let origin: String
        private let accept: String?
        private let coding: ContentCoding
        private let cacheControl: String?
        private let range: String?
        private let user: String?
        private let address: String?

        /// - Parameter dependsOnAddress: whether the answer depends on the client's address, because access rights do.
        /// - Returns: `nil` for a request that must not be coalesced.
        init?(_ request: GatewayRequest, dependsOnAddress: Bool) {
            let headers = request.headers
            // A trace belongs to one call, a validator to one client's copy.
            guard request.method == .get, request.body.isEmpty, headers[.traceParent] == nil, headers[.ifNoneMatch] == nil,
                headers[.ifModifiedSince] == nil
            else { return nil }
            self.path = request.path
            self.query = request.query
            self.origin = request.origin
            self.accept = headers[.accept]
            self.coding = ContentCoding(accepting: headers[.acceptEncoding])
            self.cacheControl = headers[.cacheControl]
            self.range = headers[.range]
            self.user = request.user
            self.address = dependsOnAddress ? request.clientAddress : nil
        }
    }

    private struct Place: Hashable {
        var loop: ObjectIdentifier
        var key: Key
    }

    private let begun = Mutex<[Place: Work]>([:])
    private let coalescedCounter = Atomic<UInt64>(0)

    /// Number of requests answered from the execution of another one.
    var coalescedCount: UInt64 { self.coalescedCounter.load(ordering: .relaxed) }

    /// Returns the outcome of the work, or of that of an equal request of this turn; `nil` after the time limit.
    /// - Parameter executor: executor of the work. Only callers on its event loop are coalesced: elsewhere there are no turns.
    func outcome(
        _ key: Key, _ limit: Duration, on executor: EventLoopExecutor, _ work: @escaping @Sendable () async -> Outcome
    ) async -> Outcome? {
        guard executor.eventLoop.inEventLoop else { return await Work(limit, on: executor, work).result() ?? nil }
        let place = Place(loop: ObjectIdentifier(executor.eventLoop), key: key)
        if let begun = self.begun.withLock({ $0[place] }), let outcome = await begun.result() {
            self.coalescedCounter.wrappingAdd(1, ordering: .relaxed)
            return outcome
        }
        let own = Work(limit, on: executor, work)
        self.begun.withLock { $0[place] = own }
        // The work begins before this, but what it sends to devices leaves after it.
        executor.eventLoop.execute { _ = self.begun.withLock { $0.removeValue(forKey: place) } }
        return await own.result() ?? nil
    }
}
