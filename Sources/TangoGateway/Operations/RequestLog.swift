import HTTPTypes
import Logging
import Synchronization
import TangoCore

/// What is known of a request while it is answered.
final class RequestRecord: Sendable {
    /// The client's id of the request, or a new one.
    let id: String
    /// The gateway's span of the client's trace, or of a new one.
    let trace: TraceContext
    fileprivate let time: Timestamp
    fileprivate let start: ContinuousClock.Instant
    private let routeIndex = Atomic<Int>(-1)

    init(headers: HTTPFields) {
        self.trace = Self.trace(headers)
        self.id = Self.id(headers[.requestID]) ?? self.trace.spanIDText
        self.time = .now
        self.start = .now
    }

    /// Route of the path; `nil` until it is known, or when the path names no resource.
    var route: Route? {
        get { Route(rawValue: self.routeIndex.load(ordering: .relaxed)) }
        set { self.routeIndex.store(newValue?.rawValue ?? -1, ordering: .relaxed) }
    }

    /// Returns the client's id if it is short and plain, since it is written to logs and headers.
    private static func id(_ given: String?) -> String? {
        guard let given, (1...128).contains(given.utf8.count) else { return nil }
        return given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") }) ? given : nil
    }

    private static func trace(_ headers: HTTPFields) -> TraceContext {
        guard let parent = headers[.traceParent],
            let context = TraceContext(traceParent: parent, traceState: headers[.traceState] ?? "")
        else { return .random() }
        return context.child()
    }
}

/// Records requests: counters, access log, and a log message for each change.
final class RequestLog: Sendable {
    let metrics = GatewayMetrics()
    private let logger: Logger
    private let accessLog = Mutex<AccessLog?>(nil)

    init(logger: Logger) {
        self.logger = logger
    }

    /// Number of lines of the access log that could not be written in time.
    var lostCount: UInt64 { self.accessLog.withLock { $0 }?.lostCount ?? 0 }

    /// Opens the access log.
    /// - Throws: `REST_CantLog`.
    func open(_ path: String) throws(DevFailed) {
        let log = try AccessLog(path: path)
        self.accessLog.withLock { $0 = log }
    }

    /// Waits until the access log is written.
    func flush() async { await self.accessLog.withLock { $0 }?.flush() }

    func begin(_ headers: HTTPFields) -> RequestRecord {
        self.metrics.requestBegins()
        return RequestRecord(headers: headers)
    }

    /// Records a request that was answered.
    func end(_ record: RequestRecord, _ request: GatewayRequest, _ response: GatewayResponse) {
        let duration = ContinuousClock.now - record.start
        self.metrics.requestEnds(record.route, request.method, response.status, after: duration)
        if [.put, .post, .delete].contains(request.method) {
            self.logger.info(
                "\(request.method) \(request.path)",
                metadata: [
                    "user": "\(request.user ?? "-")", "client": "\(request.clientAddress)", "status": "\(response.status.code)",
                    "request_id": "\(record.id)", "trace_id": "\(record.trace.traceIDText)",
                ])
        }
        guard let log = self.accessLog.withLock({ $0 }) else { return }
        log.write(
            AccessRecord(
                time: record.time, client: request.clientAddress, user: request.user, method: request.method.rawValue,
                target: request.query.isEmpty ? request.path : "\(request.path)?\(request.query)", route: record.route?.template,
                status: response.status.code, duration: duration, bytes: response.body.bytes.count, requestID: record.id,
                trace: record.trace))
    }
}
