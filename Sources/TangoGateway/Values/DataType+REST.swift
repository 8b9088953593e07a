import TangoCore

extension DataType {
    /// Name in the REST API: a state is spelled `State`.
    var restName: String { self == .state ? "State" : self.name }

    /// Type of the elements of an array type; `nil` of other types.
    var elementOfArray: DataType? {
        switch self {
        case .charArray: .uchar
        case .shortArray: .short
        case .longArray: .long
        case .floatArray: .float
        case .doubleArray: .double
        case .ushortArray: .ushort
        case .ulongArray: .ulong
        case .stringArray: .string
        case .booleanArray: .boolean
        case .long64Array: .long64
        case .ulong64Array: .ulong64
        case .stateArray: .state
        case .encodedArray: .encoded
        default: nil
        }
    }
}
