import Synchronization

/// The trace the current task belongs to, and the operation within it (W3C Trace Context).
///
/// A task's calls on devices of interface 6 carry its trace, and the handlers of those devices run with it:
///
/// ```swift
/// try await TraceContext.$current.withValue(TraceContext.random()) { try await device.readAttribute("double_scalar") }
/// ```
public struct TraceContext: Sendable, Hashable {
    /// ID of the trace: 16 bytes, never all zero.
    public let traceID: (high: UInt64, low: UInt64)
    /// ID of the operation, never 0.
    public var spanID: UInt64
    /// Whether the caller may have recorded the operation.
    public var isSampled: Bool
    /// Whether the trace ID is random, a flag of level 2 of the standard.
    public var isRandom: Bool
    /// Entries of other tracing systems (`tracestate`); empty without.
    public var state: String

    /// The trace of the current task; `nil` without one.
    @TaskLocal public static var current: TraceContext?

    /// Creates a trace context from its parts.
    public init(traceID: (high: UInt64, low: UInt64), spanID: UInt64, isSampled: Bool, isRandom: Bool, state: String = "") {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.isRandom = isRandom
        self.state = state
    }

    /// Parses a `traceparent` and a `tracestate`; `nil` when the first is malformed. A malformed `tracestate` is dropped.
    public init?(traceParent: String, traceState: String = "") {
        let bytes = Array(traceParent.utf8)
        guard bytes.count >= 55, bytes[2] == UInt8(ascii: "-"), bytes[35] == UInt8(ascii: "-"), bytes[52] == UInt8(ascii: "-"),
            let version = Self.number(bytes[0..<2]), version != 0xFF,
            // Later versions may append fields.
            bytes.count == 55 || (version > 0 && bytes[55] == UInt8(ascii: "-")),
            let high = Self.number(bytes[3..<19]), let low = Self.number(bytes[19..<35]), high | low != 0,
            let spanID = Self.number(bytes[36..<52]), spanID != 0, let flags = Self.number(bytes[53..<55])
        else { return nil }
        self.init(
            traceID: (high, low), spanID: spanID, isSampled: flags & 1 != 0, isRandom: flags & 2 != 0,
            state: Self.isState(traceState) ? traceState : "")
    }

    private static let seed = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// Returns a random number, never 0: SplitMix64 from a seed of the process. No secret depends on it, and it needs no system call.
    private static func next() -> UInt64 {
        var mixed = Self.seed &+ Self.count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return mixed == 0 ? 1 : mixed
    }

    /// Returns a new trace.
    public static func random() -> TraceContext {
        TraceContext(traceID: (Self.next(), Self.next()), spanID: Self.next(), isSampled: true, isRandom: true)
    }

    /// Returns another operation of the same trace.
    public func child() -> TraceContext {
        var child = self
        child.spanID = Self.next()
        return child
    }

    /// ID of the trace in 32 hexadecimal digits.
    public var traceIDText: String { Self.text(self.traceID.high, 16) + Self.text(self.traceID.low, 16) }

    /// ID of the operation in 16 hexadecimal digits.
    public var spanIDText: String { Self.text(self.spanID, 16) }

    /// The text of the header `traceparent`, version 0.
    public var traceParent: String {
        "00-\(self.traceIDText)-\(self.spanIDText)-\(Self.text((self.isSampled ? 1 : 0) | (self.isRandom ? 2 : 0), 2))"
    }

    /// Whether all parts are equal.
    public static func == (left: Self, right: Self) -> Bool {
        left.traceID == right.traceID && left.spanID == right.spanID && left.isSampled == right.isSampled
            && left.isRandom == right.isRandom && left.state == right.state
    }

    /// Hashes the IDs.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(self.traceID.low)
        hasher.combine(self.spanID)
    }

    /// Parses lower-case hexadecimal digits, the only ones the standard allows.
    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }

    private static func text(_ number: UInt64, _ width: Int) -> String {
        String(unsafeUninitializedCapacity: width) { digits in
            for index in 0..<width {
                let digit = UInt8(truncatingIfNeeded: number >> UInt64(4 * (width - 1 - index))) & 15
                digits[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            }
            return width
        }
    }

    /// Whether a text is a `tracestate`: at most 32 members `key=value` of printable characters.
    private static func isState(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x09 }) else { return false }
        let members = text.split(separator: ",", omittingEmptySubsequences: true)
        return members.count <= 32
            && members.allSatisfy { member in
                member.allSatisfy({ $0 == " " || $0 == "\t" }) || (member.firstIndex(of: "=").map { $0 > member.startIndex } ?? false)
            }
    }
}

extension ClientIdentity {
    /// Creates the identity of this process, with a trace if there is one. Only devices of interface 6 understand a trace.
    package init(pid: UInt32, trace: TraceContext?) {
        if let trace {
            self = .cpp6(pid: pid, traceParent: trace.traceParent, traceState: trace.state)
        } else {
            self = .cpp(pid: pid)
        }
    }

    /// The trace sent by the client; `nil` without one, or when it is malformed.
    package var trace: TraceContext? {
        switch self {
        case .cpp, .java: nil
        case .cpp6(_, let parent, let state), .java6(_, _, let parent, let state):
            parent.isEmpty ? nil : TraceContext(traceParent: parent, traceState: state)
        }
    }
}
