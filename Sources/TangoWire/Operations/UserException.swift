package import TangoCore

/// The user exception in a reply.
package enum UserException: Sendable, Hashable {
    case devFailed(DevFailed)
    case multiDevFailed(MultiDevFailed)
    /// An exception that Tango does not have.
    case unknown(String)

    private static let devFailedID = "IDL:Tango/DevFailed:1.0"
    private static let multiDevFailedID = "IDL:Tango/MultiDevFailed:1.0"

    package init(_ reader: inout CDRReader) throws(CDRError) {
        let id = try reader.string()
        switch id {
        case Self.devFailedID: self = .devFailed(DevFailed(errors: try DevError.decodeList(&reader)))
        case Self.multiDevFailedID:
            self = .multiDevFailed(
                MultiDevFailed(errors: try reader.sequence(minimumSize: 13) { (reader) throws(CDRError) in try NamedDevError(&reader) }))
        default: self = .unknown(id)
        }
    }

    package func encode(to writer: inout CDRWriter) {
        switch self {
        case .devFailed(let failed):
            writer.string(Self.devFailedID)
            DevError.encodeList(failed.errors, to: &writer)
        case .multiDevFailed(let failed):
            writer.string(Self.multiDevFailedID)
            writer.sequence(failed.errors) { $0.encode(to: &$1) }
        case .unknown(let id): writer.string(id)
        }
    }
}
