/// Options of the form `--name value`.
struct Options {
    let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = Array(arguments.dropFirst())
    }

    subscript(name: String) -> String? {
        guard let index = self.arguments.firstIndex(of: "--\(name)"), index + 1 < self.arguments.count else { return nil }
        return self.arguments[index + 1]
    }

    func number(_ name: String, _ fallback: Double) -> Double { self[name].flatMap { Double($0) } ?? fallback }

    func list(_ name: String, _ fallback: String) -> [String] { (self[name] ?? fallback).split(separator: ",").map { String($0) } }
}
