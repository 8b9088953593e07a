import HTTPTypes
import TangoCore

/// Result of a resource, before range, filter and headers are applied: see `ResponseShaper`.
struct Answer: Sendable {
    enum Content: Sendable {
        case none
        case json(JSONValue)
        case bytes([UInt8], contentType: String)
        /// An answer that goes on.
        case events(EventStream)
        /// Content that is made later, from that many elements, where there is time for it: see `LongWork`.
        indirect case deferred(elementCount: Int, @Sendable () -> Content)

        /// Values with more elements than this are serialized off the event loop.
        static let largeSize = 20_000

        /// Whether it takes long to serialize.
        var isLarge: Bool {
            switch self {
            case .none, .bytes, .events: false
            case .json(let value): value.hasMoreElements(than: Self.largeSize)
            case .deferred(let count, _): count > Self.largeSize
            }
        }
    }

    var content: Content
    /// How long clients may keep the answer.
    var lifetime: Duration = .zero
    /// Time of the reading, for `Last-Modified`.
    var modified: Timestamp?
    /// Whether `Accept` decides about the representation.
    var isNegotiated = false
    var headers = HTTPFields()

    static let noContent = Answer(content: .none)
    static func json(_ value: JSONValue, lifetime: Duration = .zero) -> Answer { Answer(content: .json(value), lifetime: lifetime) }
}
