import HTTPTypes

/// A part `[start, end)` of a list, requested by the query or by the header `Range: items=…`.
struct ItemRange: Sendable, Hashable {
    var start: Int
    var end: Int

    /// Parses a range.
    /// - Returns: `nil` when there is none, or one in other units.
    /// - Throws: 416 when it is not two integers in order.
    init?(query: String?, header: String?, size: Int) throws(HTTPFailure) {
        var text: Substring
        if let query {
            text = Substring(query)
        } else if let header, header.lowercased().hasPrefix("items=") {
            text = header.dropFirst("items=".count)
        } else {
            return nil
        }
        text = text.drop { $0 == " " }
        let sides = text.split(separator: "-", omittingEmptySubsequences: false)
        guard sides.count == 2, sides.allSatisfy({ $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }),
            let start = Int(sides[0]), let end = Int(sides[1]), start < end
        else { throw Self.failure("\"\(text)\" is not a range start-end", size: size) }
        self.start = start
        self.end = end
    }

    /// Returns the range within a list of that size; an end beyond it is clamped.
    /// - Throws: 416 when it starts behind the end.
    func clamped(to size: Int) throws(HTTPFailure) -> Range<Int> {
        guard self.start < size else { throw Self.failure("The list has \(size) items", size: size) }
        return self.start..<min(self.end, size)
    }

    private static func failure(_ text: String, size: Int) -> HTTPFailure {
        var failure = HTTPFailure(.rangeNotSatisfiable, .restRangeNotSatisfiable, text)
        failure.headers[.contentRange] = "items */\(size)"
        return failure
    }

    /// Returns the `Link` values of the first, last and neighboring parts.
    func links(size: Int, url: (String) -> String) -> [String] {
        let length = self.end - self.start
        let last = size == 0 ? 0 : (size - 1) / length * length
        var links = [("first", 0, min(length, size))]
        if self.start > 0 { links.append(("prev", max(0, self.start - length), self.start)) }
        if self.end < size { links.append(("next", self.end, min(size, self.end + length))) }
        links.append(("last", last, size))
        return links.map { "<\(url("\($0.1)-\($0.2)"))>; rel=\"\($0.0)\"; range=\"\($0.1)-\($0.2)\"" }
    }
}
