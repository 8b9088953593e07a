import Foundation

/// One measurement as a JSON object on one line.
struct Record {
    private var fields: [String] = []

    init(_ measure: String, _ options: Options) {
        if let label = options["label"] { self = self.text("label", label) }
        self = self.text("client", "swift").text("measure", measure)
    }

    func text(_ name: String, _ value: String) -> Record {
        var copy = self
        let encoded = (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
        copy.fields.append("\"\(name)\": \(encoded)")
        return copy
    }

    func number(_ name: String, _ value: Double) -> Record {
        var copy = self
        copy.fields.append("\"\(name)\": \(value.isFinite ? (value * 1000).rounded() / 1000 : 0)")
        return copy
    }

    func print() {
        Swift.print("{" + self.fields.joined(separator: ", ") + "}")
        fflush(nil)
    }
}
