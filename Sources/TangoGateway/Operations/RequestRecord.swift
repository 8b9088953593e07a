import HTTPTypes
import Synchronization
import TangoCore

/// What is known of a request while it is answered.
final class RequestRecord: Sendable {
    /// The client's id of the request, or a new one.
    let id: String
    /// The gateway's span of the client's trace, or of a new one.
    let trace: TraceContext
    let time: Timestamp
    let start: ContinuousClock.Instant
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

    /// Returns the client's id if it is short and plain, since it is written to logs and headers: letters, digits and `._~:/+=@-`.
    private static func id(_ given: String?) -> String? {
        guard let given, (1...128).contains(given.utf8.count) else { return nil }
        return given.utf8.allSatisfy(Self.isPlain) ? given : nil
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"),
            UInt8(ascii: "-")...UInt8(ascii: ":"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func trace(_ headers: HTTPFields) -> TraceContext {
        guard let parent = headers[.traceParent],
            let context = TraceContext(traceParent: parent, traceState: headers[.traceState] ?? "")
        else { return .random() }
        return context.child()
    }
}
