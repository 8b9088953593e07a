import TangoCore

extension AttributeRuntime {
    /// Name of the property that holds a memorized value in the database.
    static let memorizedProperty = "__value"
}

extension AttributeData {
    /// Creates a scalar from the text of a memorized value; of a number's text as much as is a number (cppTango 9.3.4). `nil` when the text
    /// is no value of the type.
    init?(text: String, type: DataType) {
        func whole<T: FixedWidthInteger>(_ make: ([T]) -> AttributeData) -> AttributeData? {
            guard let number = NumberText.leadingInteger(text) else { return nil }
            // Negative numbers come back from the top of types that have none.
            if T.isSigned || number >= 0 { return T(exactly: number).map { make([$0]) } }
            return T(exactly: number.magnitude).map { make([0 &- $0]) }
        }
        let data: AttributeData? =
            switch type {
            case .boolean: text == "true" ? .boolean([true]) : text == "false" ? .boolean([false]) : nil
            case .short, .enum: whole { .short($0) }
            case .long: whole { .long($0) }
            case .long64: whole { .long64($0) }
            case .uchar: NumberText.leadingInteger(text).flatMap { Int16(exactly: $0) }.map { .uchar([UInt8(truncatingIfNeeded: $0)]) }
            case .ushort: whole { .ushort($0) }
            case .ulong: whole { .ulong($0) }
            case .ulong64: whole { .ulong64($0) }
            case .float: NumberText.leadingNumber(text).map { .float([Float($0)]) }
            case .double: NumberText.leadingNumber(text).map { .double([$0]) }
            case .string: .string([text])
            default: nil
            }
        guard let data else { return nil }
        self = data
    }

    /// Text with which a memorized scalar is stored.
    var memorizedText: String? {
        switch self {
        case .boolean(let values): values.first.map { $0 ? "true" : "false" }
        case .short(let values): values.first.map { "\($0)" }
        case .long(let values): values.first.map { "\($0)" }
        case .long64(let values): values.first.map { "\($0)" }
        case .float(let values): values.first.map { AttributeSetting.text(of: $0) }
        case .double(let values): values.first.map { AttributeSetting.text(of: $0) }
        case .uchar(let values): values.first.map { "\($0)" }
        case .ushort(let values): values.first.map { "\($0)" }
        case .ulong(let values): values.first.map { "\($0)" }
        case .ulong64(let values): values.first.map { "\($0)" }
        case .string(let values): values.first
        default: nil
        }
    }
}
