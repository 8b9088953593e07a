extension CommandData {
    /// The elements of a scalar or an array; `nil` for DevVoid and for numbers with texts.
    package var elements: (data: AttributeData, isArray: Bool)? {
        switch self {
        case .void, .longStringArray, .doubleStringArray: nil
        case .boolean(let value): (.boolean([value]), false)
        case .short(let value): (.short([value]), false)
        case .long(let value): (.long([value]), false)
        case .long64(let value): (.long64([value]), false)
        case .float(let value): (.float([value]), false)
        case .double(let value): (.double([value]), false)
        case .uchar(let value): (.uchar([value]), false)
        case .ushort(let value): (.ushort([value]), false)
        case .ulong(let value): (.ulong([value]), false)
        case .ulong64(let value): (.ulong64([value]), false)
        case .string(let value): (.string([value]), false)
        case .state(let value): (.state([value]), false)
        case .encoded(let value): (.encoded([value]), false)
        case .booleanArray(let values): (.boolean(values), true)
        case .charArray(let values): (.uchar(values), true)
        case .shortArray(let values): (.short(values), true)
        case .longArray(let values): (.long(values), true)
        case .long64Array(let values): (.long64(values), true)
        case .floatArray(let values): (.float(values), true)
        case .doubleArray(let values): (.double(values), true)
        case .ushortArray(let values): (.ushort(values), true)
        case .ulongArray(let values): (.ulong(values), true)
        case .ulong64Array(let values): (.ulong64(values), true)
        case .stringArray(let values): (.string(values), true)
        case .stateArray(let values): (.state(values), true)
        case .encodedArray(let values): (.encoded(values), true)
        }
    }

    /// Creates a scalar from the first element; `nil` without elements.
    package init?(scalarOf data: AttributeData) {
        guard data.count > 0 else { return nil }
        switch data {
        case .boolean(let values): self = .boolean(values[0])
        case .short(let values): self = .short(values[0])
        case .long(let values): self = .long(values[0])
        case .long64(let values): self = .long64(values[0])
        case .float(let values): self = .float(values[0])
        case .double(let values): self = .double(values[0])
        case .uchar(let values): self = .uchar(values[0])
        case .ushort(let values): self = .ushort(values[0])
        case .ulong(let values): self = .ulong(values[0])
        case .ulong64(let values): self = .ulong64(values[0])
        case .string(let values): self = .string(values[0])
        case .state(let values): self = .state(values[0])
        case .deviceState(let state): self = .state(state)
        case .encoded(let values): self = .encoded(values[0])
        case .none: return nil
        }
    }

    /// Creates an array from all elements; `nil` for data without a type.
    package init?(arrayOf data: AttributeData) {
        switch data {
        case .boolean(let values): self = .booleanArray(values)
        case .short(let values): self = .shortArray(values)
        case .long(let values): self = .longArray(values)
        case .long64(let values): self = .long64Array(values)
        case .float(let values): self = .floatArray(values)
        case .double(let values): self = .doubleArray(values)
        case .uchar(let values): self = .charArray(values)
        case .ushort(let values): self = .ushortArray(values)
        case .ulong(let values): self = .ulongArray(values)
        case .ulong64(let values): self = .ulong64Array(values)
        case .string(let values): self = .stringArray(values)
        case .state(let values): self = .stateArray(values)
        case .deviceState(let state): self = .stateArray([state])
        case .encoded(let values): self = .encodedArray(values)
        case .none: return nil
        }
    }
}
