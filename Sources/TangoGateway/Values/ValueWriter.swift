import TangoCore

extension DataType {
    /// The name in this interface: a state is spelled `State`.
    var restName: String { self == .state ? "State" : self.name }

    /// The type of the elements, of array types.
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

extension AttributeData {
    /// The elements as JSON; those of a DevEnum by their labels.
    func json(enumLabels: [String]? = nil) -> [JSONValue] {
        switch self {
        case .boolean(let values): values.map { .bool($0) }
        case .short(let values):
            values.map { value in
                guard let labels = enumLabels, labels.indices.contains(Int(value)) else { return .integer(value) }
                return .tango(labels[Int(value)])
            }
        case .long(let values): values.map { .integer($0) }
        case .long64(let values): values.map { .integer($0) }
        case .float(let values): values.map { .float($0) }
        case .double(let values): values.map { .double($0) }
        case .uchar(let values): values.map { .integer($0) }
        case .ushort(let values): values.map { .integer($0) }
        case .ulong(let values): values.map { .integer($0) }
        case .ulong64(let values): values.map { .unsigned($0) }
        case .string(let values): values.map { .tango($0) }
        case .state(let values): values.map { .string($0.name) }
        case .deviceState(let value): [.string(value.name)]
        case .encoded(let values): values.map { ["encoded_format": .tango($0.format), "encoded_data": .string(Base64.encode($0.data))] }
        case .none: []
        }
    }
}

extension AttributeValue {
    /// The value that was read; `null` when it is invalid.
    ///
    /// A DevEnum needs the labels of its configuration, since it travels as a number.
    func json(config: AttributeConfig?) -> JSONValue {
        if self.quality == .invalid { return .null }
        return self.json(self.readData, self.readDimension, config)
    }

    /// What was set; `nil` where nothing can be set.
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

extension CommandData {
    /// One element as an argument.
    init(scalar data: AttributeData) {
        self =
            switch data {
            case .boolean(let values): values.first.map { .boolean($0) } ?? .void
            case .short(let values): values.first.map { .short($0) } ?? .void
            case .long(let values): values.first.map { .long($0) } ?? .void
            case .long64(let values): values.first.map { .long64($0) } ?? .void
            case .float(let values): values.first.map { .float($0) } ?? .void
            case .double(let values): values.first.map { .double($0) } ?? .void
            case .uchar(let values): values.first.map { .uchar($0) } ?? .void
            case .ushort(let values): values.first.map { .ushort($0) } ?? .void
            case .ulong(let values): values.first.map { .ulong($0) } ?? .void
            case .ulong64(let values): values.first.map { .ulong64($0) } ?? .void
            case .string(let values): values.first.map { .string($0) } ?? .void
            case .state(let values): values.first.map { .state($0) } ?? .void
            case .deviceState(let value): .state(value)
            case .encoded(let values): values.first.map { .encoded($0) } ?? .void
            case .none: .void
            }
    }

    /// Elements as an array argument.
    init(array data: AttributeData) {
        self =
            switch data {
            case .boolean(let values): .booleanArray(values)
            case .short(let values): .shortArray(values)
            case .long(let values): .longArray(values)
            case .long64(let values): .long64Array(values)
            case .float(let values): .floatArray(values)
            case .double(let values): .doubleArray(values)
            case .uchar(let values): .charArray(values)
            case .ushort(let values): .ushortArray(values)
            case .ulong(let values): .ulongArray(values)
            case .ulong64(let values): .ulong64Array(values)
            case .string(let values): .stringArray(values)
            case .state(let values): .stateArray(values)
            case .deviceState(let value): .stateArray([value])
            case .encoded(let values): .encodedArray(values)
            case .none: .void
            }
    }

    /// The result as JSON; `nil` for none.
    var json: JSONValue? {
        func scalar(_ data: AttributeData) -> JSONValue? { data.json().first }
        func list(_ data: AttributeData) -> JSONValue { .array(data.json()) }
        switch self {
        case .void: return nil
        case .boolean(let value): return scalar(.boolean([value]))
        case .short(let value): return scalar(.short([value]))
        case .long(let value): return scalar(.long([value]))
        case .long64(let value): return scalar(.long64([value]))
        case .float(let value): return scalar(.float([value]))
        case .double(let value): return scalar(.double([value]))
        case .uchar(let value): return scalar(.uchar([value]))
        case .ushort(let value): return scalar(.ushort([value]))
        case .ulong(let value): return scalar(.ulong([value]))
        case .ulong64(let value): return scalar(.ulong64([value]))
        case .string(let value): return scalar(.string([value]))
        case .state(let value): return scalar(.state([value]))
        case .encoded(let value): return scalar(.encoded([value]))
        case .booleanArray(let values): return list(.boolean(values))
        case .charArray(let values): return list(.uchar(values))
        case .shortArray(let values): return list(.short(values))
        case .longArray(let values): return list(.long(values))
        case .long64Array(let values): return list(.long64(values))
        case .floatArray(let values): return list(.float(values))
        case .doubleArray(let values): return list(.double(values))
        case .ushortArray(let values): return list(.ushort(values))
        case .ulongArray(let values): return list(.ulong(values))
        case .ulong64Array(let values): return list(.ulong64(values))
        case .stringArray(let values): return list(.string(values))
        case .stateArray(let values): return list(.state(values))
        case .encodedArray(let values): return list(.encoded(values))
        case .longStringArray(let value): return ["lvalue": list(.long(value.longs)), "svalue": list(.string(value.strings))]
        case .doubleStringArray(let value): return ["dvalue": list(.double(value.doubles)), "svalue": list(.string(value.strings))]
        }
    }
}

extension PipeBlob {
    /// The elements as JSON: values are lists always, inner blobs lists of elements.
    var json: JSONValue {
        .array(
            self.elements.map { element in
                switch element.content {
                case .value(let data, _): ["name": .tango(element.name), "value": .array(data.json())]
                case .blob(let blob): ["name": .tango(element.name), "value": blob.json]
                }
            })
    }
}
