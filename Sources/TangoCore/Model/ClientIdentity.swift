/// The identity a client sends with a request (IDL `ClntIdent`): lock owners are compared by it, and the black box shows it.
public enum ClientIdentity: Sendable, Hashable {
    /// A C++, Python or Swift client with its process ID.
    case cpp(pid: UInt32)
    /// A Java client with its main class and a UUID.
    case java(mainClass: String, uuid: (UInt64, UInt64))
    /// Interface 6: with trace context (W3C `traceparent` and `tracestate`; empty without tracing).
    case cpp6(pid: UInt32, traceParent: String, traceState: String)
    /// Interface 6: with trace context (W3C `traceparent` and `tracestate`; empty without tracing).
    case java6(mainClass: String, uuid: (UInt64, UInt64), traceParent: String, traceState: String)

    /// Whether all fields are equal.
    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.cpp(let a), .cpp(let b)): a == b
        case (.java(let a, let b), .java(let c, let d)): a == c && b == d
        case (.cpp6(let a, let b, let c), .cpp6(let d, let e, let f)): a == d && b == e && c == f
        case (.java6(let a, let b, let c, let d), .java6(let e, let f, let g, let h)): a == e && b == f && c == g && d == h
        default: false
        }
    }

    /// Hashes the process ID, or main class and UUID.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .cpp(let pid), .cpp6(let pid, _, _): hasher.combine(pid)
        case .java(let main, let uuid), .java6(let main, let uuid, _, _):
            hasher.combine(main)
            hasher.combine(uuid.0)
            hasher.combine(uuid.1)
        }
    }
}
