/// The name of the operation of a request: a known operation, or a text.
package enum OperationName: Sendable, Hashable {
    case known(Operation)
    case unknown(String)

    package init(_ reader: inout CDRReader) throws(CDRError) {
        self = try reader.withStringBytes { bytes in
            Operation(bytes).map { .known($0) } ?? .unknown(String(latin1: bytes))
        }
    }

    package init(_ text: String) {
        self = Operation(name: text).map { .known($0) } ?? .unknown(text)
    }

    package var text: String {
        switch self {
        case .known(let operation): operation.name
        case .unknown(let text): text
        }
    }
}
