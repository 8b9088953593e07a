/// Malformed CDR. Servers reply with the CORBA system exception MARSHAL and the minor codes of omniORB.
package enum CDRError: Error, Hashable, Sendable {
    /// A value, or the elements of a count, reach past the end of the message.
    case truncated
    /// A string of length 0 or without its final NUL.
    case badString
    /// An enumeration, a union discriminator or a boolean-like value out of range.
    case badValue
    /// A TypeCode of no Tango type.
    case badTypeCode
    /// Structures nested deeper than any Tango value.
    case tooDeep
    /// Bytes left over after the last value.
    case trailingBytes

    /// Minor code of the MARSHAL exception: that of omniORB, which cppTango and PyTango use.
    package var minorCode: UInt32 {
        switch self {
        case .truncated, .trailingBytes: 0x4154_000a
        case .badString: 0x4154_0016
        case .badValue: 0x4154_001a
        case .badTypeCode, .tooDeep: 0x4154_000f
        }
    }
}
