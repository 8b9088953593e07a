import HTTPTypes
import HummingbirdCore
import NIOCore

/// A response ready to be sent.
struct GatewayResponse: Sendable {
    /// What follows the head.
    enum Body: Sendable {
        case none
        case bytes([UInt8])
        /// Events, whose number is not known.
        case events(EventStream)

        /// Whether it goes on.
        var isEvents: Bool { if case .events = self { true } else { false } }

        /// The whole body; empty for events.
        var bytes: [UInt8] {
            switch self {
            case .none, .events: []
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

extension GatewayResponse {
    /// Writes the response to the connection.
    /// - Throws: `CancellationError` when the connection is to be closed (HTTP/2: the stream), so that the rest of the request is not read.
    @concurrent func write(to writer: consuming ResponseWriter, isHTTP2: Bool) async throws {
        var head = HTTPResponse(status: self.status, headerFields: self.headers)
        head.headerFields[.date] = HTTPDate.now
        // HTTP/2 has no such header.
        if self.closesConnection, !isHTTP2 { head.headerFields[.connection] = "close" }
        if case .events(let stream) = self.body {
            return try await writer.write(response: head, body: ResponseBody(asyncSequence: stream.events()))
        }
        // Responses that cannot have a body have no length either (RFC 9110, 8.6); that to HEAD has one already.
        let mayHaveBody = self.status != .noContent && self.status != .notModified
        let bytes = mayHaveBody ? self.body.bytes : []
        if mayHaveBody, head.headerFields[.contentLength] == nil { head.headerFields[.contentLength] = String(bytes.count) }
        if bytes.isEmpty {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
        }
        if self.closesConnection { throw CancellationError() }
    }
}
