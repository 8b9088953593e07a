import HTTPTypes

/// What the headers of a trusted proxy (`Forwarded` of RFC 7239, `X-Forwarded-*`) say about the original request.
struct ForwardedHeaders {
    var scheme: String?
    var authority: String?
    /// Address of the client. The proxy appends it to what others claimed, so the last one counts. A proxy writes one of the two headers:
    /// if both are there and differ, one was forged, and neither counts.
    var client: String?
    /// Whether `Forwarded` and `X-Forwarded-*` name different clients or hosts: one of them was forged.
    var isContradictory = false

    init(_ headers: HTTPFields) {
        func elements(_ name: String) -> [Substring] {
            HTTPField.Name(name).flatMap { headers[$0] }?.split(separator: ",") ?? []
        }
        func first(_ name: String) -> String? { elements(name).first.map { $0.filter { $0 != " " } } }
        self.scheme = first("X-Forwarded-Proto")
        // A proxy that appends leaves in front what the client claimed.
        self.authority = elements("X-Forwarded-Host").last.map { $0.filter { $0 != " " } }
        for (name, value) in Self.pairs(first("Forwarded")) where name == "proto" { self.scheme = value }
        var clients: Set<String> = []
        let last = elements("Forwarded").last.map { $0.filter { $0 != " " } }
        for (name, value) in Self.pairs(last) {
            switch name {
            case "for": clients.insert(Self.plainAddress(value))
            case "host":
                if let other = self.authority, other.lowercased() != value.lowercased() { self.isContradictory = true }
                self.authority = value
            default: break
            }
        }
        if let last = elements("X-Forwarded-For").last { clients.insert(Self.plainAddress(last.filter { $0 != " " })) }
        if clients.count > 1 { self.isContradictory = true }
        self.client = clients.count == 1 ? clients.first : nil
    }

    /// The `name=value` pairs of one element of `Forwarded`, without quotes; names in lower case.
    private static func pairs(_ element: String?) -> [(name: String, value: String)] {
        (element ?? "").split(separator: ";").compactMap { part in
            let sides = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" } }
            return sides.count == 2 ? (sides[0].lowercased(), sides[1]) : nil
        }
    }

    /// Returns an address without port and brackets, and IPv4 in its own form, as access services know it.
    static func plainAddress(_ address: String) -> String {
        var text = Substring(address)
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = text[text.index(after: text.startIndex)..<end]
        } else if text.filter({ $0 == ":" }).count == 1, let colon = text.firstIndex(of: ":") {
            text = text[..<colon]
        }
        if text.lowercased().hasPrefix("::ffff:"), text.contains(".") { text = text.dropFirst(7) }
        return text == "::1" ? "127.0.0.1" : String(text)
    }
}
