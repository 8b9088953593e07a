import Foundation
import TangoCore

extension AttributeSetting {
    /// Returns a number with 15 significant digits, as cppTango 9.3.4 prints it; with more where it would be another number otherwise.
    static func text<Number: BinaryFloatingPoint & LosslessStringConvertible>(of number: Number) -> String {
        let text = String(format: "%.15g", Double(number))
        return Number(text) == number ? text : String(number)
    }

    /// Returns the text of a stored value.
    /// - Parameter below: the text of the levels below, for the parts that the value leaves to them.
    func text(ofStored values: [String], below: () -> String) -> String {
        let text = values.count == 1 ? values[0] : values.joined(separator: ",")
        guard self.isCriterion else { return text }
        return ChangeCriterion(text, inherited: ChangeCriterion(below()) ?? .none)?.text ?? text
    }

    /// Whether a client's text stands for another one, also when it is sent back as it was shown.
    func isSpecial(_ text: String, _ definition: AttributeDefinition) -> Bool {
        ["", "nan", "not specified"].contains(text.lowercased()) && text != self.libraryDefault(definition)
    }

    /// Returns what is stored in the database for a text; `nil` when the levels below say the same.
    func stored(_ text: String, inherited: String) -> [String]? {
        guard text != inherited else { return nil }
        if self.isCriterion { return ChangeCriterion(text)?.stored(inherited: ChangeCriterion(inherited) ?? .none) ?? nil }
        if self == .archivePeriod, text == Self.notSpecified { return [String(Int32.max)] }
        return [text]
    }

    func unsupported(_ attribute: String, _ device: String) -> ConfigurationProblem {
        self.problem("defined in an unsupported format", attribute, device)
    }

    func notSettable(_ attribute: String, _ device: String) -> ConfigurationProblem {
        self.problem("not settable for the attribute data type", attribute, device)
    }

    private func problem(_ what: String, _ attribute: String, _ device: String) -> ConfigurationProblem {
        ConfigurationProblem(
            self.rawValue,
            DevFailed(
                .attributeProperty, "Device \(device)-> Attribute : \(attribute)\nThe property \(self.rawValue) is \(what)",
                origin: "Attribute::set_upd_properties"))
    }

    /// Returns the integer that the whole text is, unless it is zero.
    static func wholeNumber(_ text: String) -> Int64? {
        guard let number = NumberText.integer(text).flatMap({ Int64(exactly: $0) }), number != 0 else { return nil }
        return number
    }

    /// Returns a client's text in the form in which it is kept: numbers as those of the attribute's type; texts of floating point numbers stay as
    /// they are.
    /// - Throws: `API_AttrOptProp` for a text that is not allowed.
    func normalized(_ text: String, _ definition: AttributeDefinition, inherited: String, device: String) throws(DevFailed) -> String {
        if self.isCriterion {
            guard let criterion = ChangeCriterion(text, inherited: ChangeCriterion(inherited) ?? .none) else {
                throw self.unsupported(definition.name, device).failure
            }
            return criterion.text
        }
        if self.isTime {
            guard let number = NumberText.number(text) else { throw self.unsupported(definition.name, device).failure }
            guard self == .deltaTime else { return String(Int32(saturatingDown: number)) }
            let milliseconds = Int64(saturatingDown: number)
            return milliseconds == 0 ? Self.notSpecified : String(milliseconds)
        }
        guard self.isLimit else { return text }
        guard self.isSettable(for: definition.type, at: .change) else { throw self.notSettable(definition.name, device).failure }
        guard let limit = LimitValue(text, definition.type, at: .change) else {
            throw self.unsupported(definition.name, device).failure
        }
        guard definition.type == .float || definition.type == .double else { return String(limit.whole) }
        // The same number as the default is the default, however it is written (cppTango 9.3.4).
        guard !self.isOfPair, let below = LimitValue(inherited, definition.type, at: .change) else { return text }
        let isSame = definition.type == .float ? Float(limit.number) == Float(below.number) : limit.number == below.number
        return isSame ? inherited : text
    }
}
