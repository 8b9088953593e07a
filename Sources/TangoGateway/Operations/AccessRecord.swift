import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A line of the access log.
struct AccessRecord: Sendable {
    var time: Timestamp
    var client: String?
    var user: String?
    var method: String
    /// Path and query of the request.
    var target: String
    var route: String?
    var status: Int
    var duration: Duration
    /// Length of the body of the answer.
    var bytes: Int
    var requestID: String
    var trace: TraceContext

    /// One line of JSON.
    var line: [UInt8] {
        let (seconds, attoseconds) = self.duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let document: JSONValue = [
            "time": .string(self.time.internetText), "client": self.client.map { .string($0) } ?? .null,
            "user": self.user.map { .string($0) } ?? .null, "method": .string(self.method), "target": .string(self.target),
            "route": self.route.map { .string($0) } ?? .null, "status": .integer(self.status),
            "duration_ms": .double(Double(microseconds) / 1000), "bytes": .integer(self.bytes), "request_id": .string(self.requestID),
            "trace_id": .string(self.trace.traceIDText), "span_id": .string(self.trace.spanIDText),
        ]
        return document.serializedLine()
    }
}

extension Timestamp {
    /// `2026-01-31T23:59:59.999Z`
    var internetText: String {
        var seconds = time_t(self.milliseconds / 1000)
        var fields = tm()
        gmtime_r(&seconds, &fields)
        func text(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = "\(text(fields.tm_year + 1900, 4))-\(text(fields.tm_mon + 1, 2))-\(text(fields.tm_mday, 2))"
        let clock = "\(text(fields.tm_hour, 2)):\(text(fields.tm_min, 2)):\(text(fields.tm_sec, 2))"
        return "\(day)T\(clock).\(text(self.milliseconds % 1000, 3))Z"
    }
}
