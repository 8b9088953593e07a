/// Entity tags.
enum EntityTag {
    /// Returns a strong tag of a body: FNV-1a, 64 bits, and the length.
    static func of(_ body: [UInt8]) -> String {
        let hash = body.withUnsafeBufferPointer { bytes in
            bytes.reduce(into: 0xcbf2_9ce4_8422_2325 as UInt64) { $0 = ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        }
        return "\"\(String(hash, radix: 16))-\(String(body.count, radix: 16))\""
    }

    /// Whether an `If-None-Match` header names the tag (weak comparison, as RFC 9110 requires for it).
    static func matches(_ header: String, _ tag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let candidate = candidate.filter { $0 != " " }
            return candidate == "*" || candidate == tag || candidate == "W/" + tag
        }
    }
}
