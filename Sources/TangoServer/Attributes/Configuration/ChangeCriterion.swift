import Foundation

/// Change of a value that sends an event: how much down and how much up; `nil` is none.
struct ChangeCriterion: Sendable, Hashable {
    var down: Double?
    var up: Double?

    static let none = ChangeCriterion()

    /// Text for "none" in the database, as cppTango 9.3.4 writes it.
    private static let noneText = "2147483647"

    private init() {}

    /// From one number, or two with a comma; signs do not matter. `nil` for anything else.
    /// - Parameter inherited: value of a side that is empty or "NaN".
    init?(_ text: String, inherited: ChangeCriterion = .none) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let first = parts.first, let last = parts.last, let down = Self.side(first, inherited.down),
            let up = Self.side(last, inherited.up)
        else { return nil }
        self.down = down
        self.up = up
    }

    private static func side(_ text: String, _ inherited: Double?) -> Double?? {
        switch text.lowercased() {
        case "", "nan": return .some(inherited)
        case "not specified", Self.noneText: return .some(nil)
        default:
            guard let number = NumberText.number(text) else { return nil }
            return .some(number == 0 ? nil : abs(number))
        }
    }

    private static func text(_ number: Double) -> String { String(format: "%.15g", number) }

    /// As clients see it.
    var text: String {
        func text(_ number: Double?) -> String { number.map(Self.text) ?? AttributeSetting.notSpecified }
        return self.down == self.up ? text(self.up) : "\(text(self.down)),\(text(self.up))"
    }

    /// As the database keeps it: down as a negative number, then up; "NaN" for a side that is what it would be anyway. `nil` when all is.
    func stored(inherited: ChangeCriterion) -> [String]? {
        guard self != inherited else { return nil }
        guard self != .none else { return [Self.noneText] }
        func side(_ number: Double?, _ inherited: Double?, _ sign: Double) -> String {
            guard let number else { return Self.noneText }
            return number == inherited ? "NaN" : Self.text(sign * number)
        }
        return [side(self.down, inherited.down, -1), side(self.up, inherited.up, 1)]
    }
}
