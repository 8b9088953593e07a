import HTTPTypes
import NIOCore
import Synchronization
import TangoClient
import TangoCore

/// The counters of a gateway. Recording takes one short lock per route, and neither text nor allocation.
final class GatewayMetrics: Sendable {
    /// Requests of one route.
    private struct Requests {
        /// By method and status.
        var counts: [UInt64]
        /// By method.
        var durations: [Histogram]

        init() {
            self.counts = Array(repeating: 0, count: CountedMethod.allCases.count * CountedStatus.count)
            self.durations = Array(repeating: Histogram(), count: CountedMethod.allCases.count)
        }
    }

    /// Calls on devices, or on databases.
    private struct Calls {
        var durations = Histogram()
        var failures: [String: UInt64] = [:]
    }

    /// Number of error reasons counted by name. Further ones are counted as `other`, since devices may invent any.
    private static let reasonLimit = 64

    private final class Guarded<Value: Sendable>: Sendable {
        let value: Mutex<Value>

        init(_ value: Value) {
            self.value = Mutex(value)
        }
    }

    /// By route; the last element is for requests of no route.
    private let requests = (0...Route.allCases.count).map { _ in Guarded(Requests()) }
    private let deviceCalls = Mutex(Calls())
    private let databaseCalls = Mutex(Calls())
    private let inFlight = Atomic<Int>(0)
    private let connections = Mutex<Set<ObjectIdentifier>>([])

    func requestBegins() { self.inFlight.wrappingAdd(1, ordering: .relaxed) }

    /// Counts a request that was answered.
    /// - Parameter route: `nil` when the path names no resource.
    func requestEnds(_ route: Route?, _ method: HTTPRequest.Method, _ status: HTTPResponse.Status, after duration: Duration) {
        self.inFlight.wrappingSubtract(1, ordering: .relaxed)
        let method = CountedMethod(method).rawValue
        let index = method * CountedStatus.count + CountedStatus.index(of: status.code)
        self.requests[route?.rawValue ?? Route.allCases.count].value.withLock { requests in
            requests.counts[index] += 1
            requests.durations[method].record(duration)
        }
    }

    /// Counts the connection until it is closed.
    func track(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        guard self.connections.withLock({ $0.insert(id).inserted }) else { return }
        channel.closeFuture.whenComplete { _ in _ = self.connections.withLock { $0.remove(id) } }
    }

    /// Returns the page for Prometheus.
    /// - Parameter caches: hits and misses of each cache.
    func text(caches: [(name: String, hits: UInt64, misses: UInt64)], coalescedRequests: UInt64, lostRecords: UInt64) -> [UInt8] {
        var text = MetricsText()
        self.writeRequests(to: &text)
        text.gauge("tango_rest_requests_in_flight", "Requests being answered", self.inFlight.load(ordering: .relaxed))
        text.gauge("tango_rest_connections", "Open connections of clients", self.connections.withLock { $0.count })
        self.writeCalls(to: &text)
        text.family("tango_rest_cache_hits_total", "Answers found in a cache", .counter)
        for cache in caches { text.sample("tango_rest_cache_hits_total", [("cache", cache.name)], cache.hits) }
        text.family("tango_rest_cache_misses_total", "Answers not found in a cache", .counter)
        for cache in caches { text.sample("tango_rest_cache_misses_total", [("cache", cache.name)], cache.misses) }
        text.family("tango_rest_requests_joined_total", "Requests answered together with an equal one", .counter)
        text.sample("tango_rest_requests_joined_total", [], coalescedRequests)
        text.family("tango_rest_access_log_lost_total", "Lines of the access log that could not be written in time", .counter)
        text.sample("tango_rest_access_log_lost_total", [], lostRecords)
        ProcessFigures.write(to: &text)
        return Array(text.text.utf8)
    }

    private func writeRequests(to text: inout MetricsText) {
        let all = self.requests.map { $0.value.withLock { $0 } }
        func route(_ index: Int) -> String { Route(rawValue: index)?.template ?? "none" }
        text.family("tango_rest_requests_total", "Requests answered", .counter)
        for (index, requests) in all.enumerated() {
            for (position, count) in requests.counts.enumerated() where count > 0 {
                let labels = [
                    ("route", route(index)), ("method", CountedMethod.allCases[position / CountedStatus.count].name),
                    ("status", CountedStatus.name(position % CountedStatus.count)),
                ]
                text.sample("tango_rest_requests_total", labels, count)
            }
        }
        text.family("tango_rest_request_duration_seconds", "Time from the head of a request to its answer", .histogram)
        for (index, requests) in all.enumerated() {
            for (method, histogram) in zip(CountedMethod.allCases, requests.durations) where histogram.count > 0 {
                text.histogram(
                    "tango_rest_request_duration_seconds", [("route", route(index)), ("method", method.name)], histogram)
            }
        }
    }

    private func writeCalls(to text: inout MetricsText) {
        let targets = [("device", self.deviceCalls.withLock { $0 }), ("database", self.databaseCalls.withLock { $0 })]
        text.family("tango_rest_upstream_calls_total", "Calls on devices and databases", .counter)
        for (target, calls) in targets { text.sample("tango_rest_upstream_calls_total", [("target", target)], calls.durations.count) }
        text.family("tango_rest_upstream_errors_total", "Calls that failed, by the reason of the first error", .counter)
        for (target, calls) in targets {
            for (reason, count) in calls.failures.sorted(by: { $0.key < $1.key }) {
                text.sample("tango_rest_upstream_errors_total", [("target", target), ("reason", reason)], count)
            }
        }
        text.family("tango_rest_upstream_call_duration_seconds", "Time of calls on devices and databases", .histogram)
        for (target, calls) in targets {
            text.histogram("tango_rest_upstream_call_duration_seconds", [("target", target)], calls.durations)
        }
    }
}

extension GatewayMetrics: CallObserver {
    func callEnded(after duration: Duration, isDatabase: Bool, failure: DevFailed?) {
        func record(_ calls: inout Calls) {
            calls.durations.record(duration)
            guard let failure else { return }
            let reason = failure.reason.rawValue
            let isCounted = calls.failures[reason] != nil || calls.failures.count < Self.reasonLimit
            calls.failures[isCounted ? reason : "other", default: 0] += 1
        }
        if isDatabase {
            self.databaseCalls.withLock { record(&$0) }
        } else {
            self.deviceCalls.withLock { record(&$0) }
        }
    }
}
