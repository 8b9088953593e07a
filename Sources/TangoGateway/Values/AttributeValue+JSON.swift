import TangoCore

extension AttributeData {
    /// Returns the elements as JSON; those of a DevEnum by their labels.
    func json(enumLabels: [String]? = nil) -> [JSONValue] {
        switch self {
        case .boolean(let values): values.map { .bool($0) }
        case .short(let values):
            values.map { value in
                guard let labels = enumLabels, labels.indices.contains(Int(value)) else { return .integer(value) }
                return .string(labels[Int(value)])
            }
        case .long(let values): values.map { .integer($0) }
        case .long64(let values): Int64Style.current == .string ? values.map { .string(String($0)) } : values.map { .integer($0) }
        case .float(let values): values.map { .float($0) }
        case .double(let values): values.map { .double($0) }
        case .uchar(let values): values.map { .integer($0) }
        case .ushort(let values): values.map { .integer($0) }
        case .ulong(let values): values.map { .integer($0) }
        case .ulong64(let values): Int64Style.current == .string ? values.map { .string(String($0)) } : values.map { .unsigned($0) }
        case .string(let values): values.map { .string($0) }
        case .state(let values): values.map { .string($0.name) }
        case .deviceState(let value): [.string(value.name)]
        case .encoded(let values): values.map { ["encoded_format": .string($0.format), "encoded_data": .string(Base64.encode($0.data))] }
        case .none: []
        }
    }
}

extension AttributeValue {
    /// Returns the value that was read; `null` when it is invalid.
    ///
    /// A DevEnum is sent as a number and needs the labels of its configuration.
    func json(config: AttributeConfig?) -> JSONValue {
        if self.quality == .invalid { return .null }
        return self.json(self.readData, self.readDimension, config)
    }

    /// Returns the set point; `nil` of attributes that cannot be written.
    func setPointJSON(config: AttributeConfig?) -> JSONValue? {
        self.setData.map { self.json($0, self.writeDimension, config) }
    }

    private func json(_ data: AttributeData, _ dimension: AttributeDimension, _ config: AttributeConfig?) -> JSONValue {
        let isEnum = self.type == .enum || config?.type == .enum
        let elements = data.json(enumLabels: isEnum ? config?.enumLabels : nil)
        let format = self.format == .unknown ? config?.format ?? .scalar : self.format
        switch format {
        case .spectrum: return .array(elements)
        case .image:
            let isEmpty = elements.isEmpty
            return [
                "data": .array(elements), "width": .integer(isEmpty ? 0 : dimension.x), "height": .integer(isEmpty ? 0 : dimension.y),
            ]
        case .scalar, .unknown: return elements.first ?? .null
        }
    }
}
