import TangoClient
import TangoCore

/// A property and its values.
enum PropertyDocument {
    static func entity(_ name: String, _ values: [String]) -> JSONValue { ["name": .string(name), "values": .strings(values)] }
}
