import TangoCore

extension JSONValue {
    /// Returns a list of texts.
    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

    static func integer(_ value: some BinaryInteger) -> JSONValue { .integer(Int64(clamping: value)) }
}
