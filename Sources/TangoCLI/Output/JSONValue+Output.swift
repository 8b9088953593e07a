import TangoCore

extension JSONValue {
    /// Creates a number as Swift writes it. Numbers JSON has no notation for become the strings `NaN`, `Infinity` and `-Infinity`.
    init<T: BinaryFloatingPoint & LosslessStringConvertible>(_ value: T) {
        if value.isNaN {
            self = .string("NaN")
        } else if value.isInfinite {
            self = .string(value < 0 ? "-Infinity" : "Infinity")
        } else {
            self = .number(String(value))
        }
    }

    /// Returns an object with these members.
    static func object(_ members: [JSONObject.Member]) -> JSONValue { .object(JSONObject(members: members)) }
}

extension JSONObject.Member {
    init(_ name: String, _ value: JSONValue) { self.init(name: name, value: value) }
}
