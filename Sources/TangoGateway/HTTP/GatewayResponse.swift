import HTTPTypes

/// A response ready to be sent.
struct GatewayResponse: Sendable {
    /// What follows the head. An answer that streams would be a case here and in `Answer.Content`.
    enum Body: Sendable {
        case none
        case bytes([UInt8])

        /// The whole body.
        var bytes: [UInt8] {
            switch self {
            case .none: []
            case .bytes(let bytes): bytes
            }
        }
    }

    var status: HTTPResponse.Status
    var headers = HTTPFields()
    var body = Body.none
    /// Whether the connection ends with it.
    var closesConnection = false
}
