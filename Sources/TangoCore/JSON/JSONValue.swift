/// A JSON document.
///
/// Parsed numbers keep their literal, so that 64-bit integers and floats stay exact; numbers to be written have a type.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    case float(Float)
    case double(Double)
    /// A parsed number: its literal.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    /// The object; `nil` of other values.
    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// The elements of an array; `nil` of other values.
    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    /// The text of a string; `nil` of other values.
    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The Boolean; `nil` of other values.
    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// Whether the document has more values than the limit, in all levels together. Counts no further than that.
    package func hasMoreElements(than limit: Int) -> Bool {
        var rest = limit
        return !self.count(&rest)
    }

    /// - Returns: whether the limit was not exceeded.
    private func count(_ rest: inout Int) -> Bool {
        rest -= 1
        guard rest >= 0 else { return false }
        switch self {
        case .array(let values):
            guard values.count <= rest else { return false }
            for value in values { guard value.count(&rest) else { return false } }
        case .object(let object):
            for member in object.members { guard member.value.count(&rest) else { return false } }
        default: break
        }
        return true
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByBooleanLiteral, ExpressibleByDictionaryLiteral {
    package init(stringLiteral value: String) { self = .string(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(members: elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
}
