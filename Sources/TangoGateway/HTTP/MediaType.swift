/// Representations of an answer.
enum MediaType: String, Sendable, CaseIterable {
    case json = "application/json"
    case text = "text/plain"
    case jpeg = "image/jpeg"
    case png = "image/png"

    /// The `Content-Type` sent.
    var contentType: String { self == .text ? "text/plain;charset=utf-8" : self.rawValue }

    /// Returns the best of the offered types for an `Accept` header (RFC 9110, 12.5.1); of equals the first. `nil` when none is acceptable.
    static func negotiate(accept: String?, offered: [MediaType]) -> MediaType? {
        guard let accept, accept != "*/*", !accept.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return offered.first }
        // The form nearly all clients use.
        if let only = offered.first(where: { $0.rawValue == accept }) { return only }
        let ranges = accept.split(separator: ",").compactMap(AcceptRange.init)
        var best: (type: MediaType, quality: Double)?
        for type in offered {
            let matching = ranges.filter { $0.matches(type) }
            guard let range = matching.max(by: { $0.specificity < $1.specificity }), range.quality > 0 else { continue }
            if range.quality > best?.quality ?? 0 { best = (type, range.quality) }
        }
        return best?.type
    }

    /// Whether a `Content-Type` is JSON.
    static func isJSON(_ contentType: String) -> Bool {
        let type = Self.essence(contentType)
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }

    /// Whether a `Content-Type` is a form.
    static func isForm(_ contentType: String) -> Bool {
        Self.essence(contentType) == "application/x-www-form-urlencoded"
    }

    private static func essence(_ contentType: String) -> String {
        String((contentType.split(separator: ";").first ?? "").filter { $0 != " " }).lowercased()
    }
}

private struct AcceptRange {
    var type: String
    var subtype: String
    var quality: Double

    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        guard let names = parts.first?.split(separator: "/"), names.count == 2 else { return nil }
        self.type = String(names[0])
        self.subtype = String(names[1])
        self.quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
    }

    var specificity: Int { self.type == "*" ? 0 : self.subtype == "*" ? 1 : 2 }

    func matches(_ media: MediaType) -> Bool {
        switch self.specificity {
        case 0: true
        case 1: media.rawValue.hasPrefix(self.type + "/")
        default: media.rawValue == "\(self.type)/\(self.subtype)"
        }
    }
}
