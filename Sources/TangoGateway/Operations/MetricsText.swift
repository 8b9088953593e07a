/// The text format of Prometheus, version 0.0.4.
struct MetricsText {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    enum Kind: String {
        case counter, gauge, histogram
    }

    private(set) var text = ""

    /// Begins a family, whose samples follow.
    mutating func family(_ name: String, _ help: String, _ kind: Kind) {
        self.text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: some CustomStringConvertible) {
        self.text += name
        if !labels.isEmpty { self.text += "{" + labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",") + "}" }
        self.text += " \(value)\n"
    }

    /// Writes a family of one sample.
    mutating func gauge(_ name: String, _ help: String, _ value: some CustomStringConvertible) {
        self.family(name, help, .gauge)
        self.sample(name, [], value)
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        var total: UInt64 = 0
        for (limit, count) in zip(Histogram.limits, histogram.counts) {
            total += count
            self.sample(name + "_bucket", labels + [("le", "\(Double(limit) / 1_000_000)")], total)
        }
        self.sample(name + "_bucket", labels + [("le", "+Inf")], histogram.count)
        self.sample(name + "_sum", labels, Double(histogram.sum) / 1_000_000)
        self.sample(name + "_count", labels, histogram.count)
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
