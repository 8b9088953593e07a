import HTTPTypes
import Logging
import Synchronization
import TangoCore

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
