import TangoCore

extension AttributeRuntime {
    /// Checks whether what a client wants to write can be a value of the attribute, in the incumbents' order, and returns it with its
    /// dimensions; `accepted` is to follow.
    func checked(_ value: AttributeValue) throws(DevFailed) -> AttributeWrite {
        let definition = self.definition
        let origin = "WAttribute::check_written_value"
        guard definition.access.isWritable else {
            throw DevFailed(.attributeNotWritable, "Attribute \(self.name) is not writable", origin: "Device::write_attributes")
        }
        var dimension = value.writeDimension
        if definition.format != .scalar {
            guard dimension.x <= definition.maxDimX, dimension.x >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "X dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
            guard dimension.y <= (definition.format == .image ? definition.maxDimY : 0), dimension.y >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "Y dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
        }
        if let error = self.configurationError { throw error }
        guard value.data.elementType == (definition.type == .enum ? .short : definition.type) else {
            throw DevFailed(
                .incompatibleAttributeType,
                "Incompatible attribute type: expected Tango::\(Self.arrayName(definition.type)) (even for single value), found Tango::\(Self.arrayName(value.data.elementType))",
                origin: origin)
        }
        let isScalar = definition.format == .scalar
        guard isScalar ? value.data.count >= 1 : value.data.count == dimension.elementCount else {
            throw DevFailed(.incorrectDataNumber, "Incorrect data number", origin: origin)
        }
        if isScalar { dimension = .scalar }
        return AttributeWrite(name: self.name, data: value.data, dimension: dimension)
    }

    /// Checks the values and returns what handlers get: of several values for a scalar the first, though all are checked (measured).
    func accepted(_ write: AttributeWrite, allowsNaN: Bool) throws(DevFailed) -> AttributeWrite {
        try self.checkRange(write.data, allowsNaN: allowsNaN)
        guard self.definition.format == .scalar, write.data.count > 1 else { return write }
        return AttributeWrite(name: self.name, data: write.data.slice(0..<1), dimension: .scalar)
    }

    private static func arrayName(_ type: DataType?) -> String { type.map { $0.arrayType?.name ?? $0.name } ?? "union_no_data" }

    /// Refuses what the limits, the labels and the arithmetic do not allow.
    func checkRange(_ data: AttributeData, allowsNaN: Bool) throws(DevFailed) {
        let origin = "WAttribute::check_written_value"
        switch data {
        case .double(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .float(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .short(let values) where self.definition.type == .enum:
            let count = self.enumLabels.count
            if let index = values.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
                throw DevFailed(
                    .writeOutsideLimit,
                    "Set value for attribute \(self.name) is negative or above the maximun authorized (\(count)) for at least element \(index)",
                    origin: origin)
            }
        default: break
        }
        guard let limits = self.state.withLock({ $0.limits }) else { return }
        if let limit = limits.minValue, let index = data.firstIndex(.below, limit) {
            throw DevFailed(
                .writeOutsideLimit, "Set value for attribute \(self.name) is below the minimum authorized (at least element \(index))",
                origin: origin)
        }
        if let limit = limits.maxValue, let index = data.firstIndex(.above, limit) {
            throw DevFailed(
                .writeOutsideLimit, "Set value for attribute \(self.name) is above the maximum authorized (at least element \(index))",
                origin: origin)
        }
    }

    private func refuseNaN(_ index: Int?) throws(DevFailed) {
        guard let index else { return }
        throw DevFailed(
            .writeOutsideLimit, "Set value for attribute \(self.name) is a NaN or INF value (at least element \(index))",
            origin: "WAttribute::check_written_value")
    }
}

extension AttributeData {
    /// A scalar from the text a memorized value is stored as: as much of it as makes a number (measured). `nil` when nothing does.
    init?(text: String, type: DataType) {
        func whole<T: FixedWidthInteger>(_ make: ([T]) -> AttributeData) -> AttributeData? {
            guard let number = Self.leadingInteger(text) else { return nil }
            // Negative numbers come back from the top of types that have none.
            if T.isSigned || number >= 0 { return T(exactly: number).map { make([$0]) } }
            return T(exactly: -number).map { make([0 &- $0]) }
        }
        let data: AttributeData? =
            switch type {
            case .boolean: text == "true" ? .boolean([true]) : text == "false" ? .boolean([false]) : nil
            case .short, .enum: whole { .short($0) }
            case .long: whole { .long($0) }
            case .long64: whole { .long64($0) }
            case .uchar: Self.leadingInteger(text).flatMap { Int16(exactly: $0) }.map { .uchar([UInt8(truncatingIfNeeded: $0)]) }
            case .ushort: whole { .ushort($0) }
            case .ulong: whole { .ulong($0) }
            case .ulong64: whole { .ulong64($0) }
            case .float: Self.leadingNumber(text).map { .float([Float($0)]) }
            case .double: Self.leadingNumber(text).map { .double([$0]) }
            case .string: .string([text])
            default: nil
            }
        guard let data else { return nil }
        self = data
    }

    private static func leadingInteger(_ text: String) -> Int128? {
        var digits = ""
        for character in text.drop(while: \.isWhitespace) {
            guard character.isASCII, character.isNumber || digits.isEmpty && (character == "-" || character == "+") else { break }
            digits.append(character)
        }
        return Int128(digits)
    }

    private static func leadingNumber(_ text: String) -> Double? {
        let trimmed = text.drop(while: \.isWhitespace)
        let end = trimmed.firstIndex { !($0.isASCII && ($0.isNumber || "+-.eE".contains($0))) } ?? trimmed.endIndex
        var number = trimmed[..<end]
        while !number.isEmpty {
            if let value = Double(number) { return value.isFinite ? value : nil }
            number.removeLast()
        }
        return nil
    }

    /// The text a memorized scalar is stored as.
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
