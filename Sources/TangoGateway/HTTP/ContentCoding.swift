import CDeflate
import HTTPTypes
import TangoCore

/// How the body of an answer is sent: as it is, or compressed for a client that asks for it (RFC 9110, 8.4).
enum ContentCoding: Sendable, Hashable {
    case identity
    case gzip

    /// Size in bytes from which compressing is worth it.
    static let smallestSize = 1024

    /// Chooses the coding for a client.
    /// - Parameter header: its `Accept-Encoding`.
    init(accepting header: String?) {
        self = .identity
        guard let header else { return }
        var qualities: [String: Double] = [:]
        for element in header.lowercased().split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            qualities[name == "x-gzip" ? "gzip" : name] = quality
        }
        let quality = qualities["gzip"] ?? qualities["*"] ?? 0
        if quality > 0, quality >= qualities["identity"] ?? 0 { self = .gzip }
    }

    /// Returns the bytes as gzip; `nil` when that makes them no smaller.
    static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        let count = bytes.withUnsafeBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: deflate_gzip_bound(source.count)) { out, count in
                count = deflate_gzip(source.baseAddress, source.count, out.baseAddress, out.count)
            }
        }
        return count.isEmpty || count.count >= bytes.count ? nil : count
    }

    /// Returns the entity tag of a body in this coding: another one than that of the body as it is.
    func tag(_ tag: String) -> String {
        self == .identity ? tag : tag.dropLast() + "-gzip\""
    }

    /// Says that the answer depends on `Accept-Encoding`, if it does: also that to a client that has it already.
    /// - Returns: whether it does.
    @discardableResult
    static func addVary(to response: inout GatewayResponse) -> Bool {
        guard Self.isEligible(response) else { return false }
        response.headers[.vary] = response.headers[.vary].map { $0 + ", Accept-Encoding" } ?? "Accept-Encoding"
        return true
    }

    /// Compresses the body of a response where the client asks for it and it is worth it.
    func apply(to response: inout GatewayResponse) {
        guard Self.addVary(to: &response), self == .gzip, let bytes = Self.compressed(response.body.bytes) else { return }
        response.body = .bytes(bytes)
        response.headers[.contentEncoding] = "gzip"
        response.headers[.eTag] = response.headers[.eTag].map(self.tag)
    }

    /// Whether the response has a body of text that is large enough.
    private static func isEligible(_ response: GatewayResponse) -> Bool {
        guard response.body.bytes.count >= Self.smallestSize, let type = response.headers[.contentType] else { return false }
        return MediaType.isJSON(type) || type.hasPrefix("text/")
    }
}
