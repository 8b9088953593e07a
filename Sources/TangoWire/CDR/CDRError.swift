/// Why bytes could not be decoded. Becomes the CORBA system exception MARSHAL with the minor code the incumbents use.
package enum CDRError: Error, Hashable, Sendable {
    /// A value, or the content a count promises, reaches past the end of the message.
    case truncated
    /// A string of length 0 or without its final NUL.
    case badString
    /// An enumeration, a union discriminator or a boolean-like value out of range.
    case badValue
    /// A TypeCode that no Tango type has.
    case badTypeCode
    /// Structures nested deeper than any Tango value.
    case tooDeep
    /// Bytes left over after the last value.
    case trailingBytes

    /// Minor code of the MARSHAL exception (measured on both incumbents).
    package var minorCode: UInt32 {
        switch self {
        case .truncated, .trailingBytes: 0x4154_000a
        case .badString: 0x4154_0016
        case .badValue: 0x4154_001a
        case .badTypeCode, .tooDeep: 0x4154_000f
        }
    }
}
