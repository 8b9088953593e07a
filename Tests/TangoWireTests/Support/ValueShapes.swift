import TangoCore

@testable import TangoWire

// Values in the shape the recorded vectors have: structures with the field names of the interface definition, in order.

extension JSON {
    static func whole(_ value: some BinaryInteger) -> JSON { .integer(Int128(value)) }
    static func list<T>(_ values: [T], _ shape: (T) -> JSON) -> JSON { .array(values.map(shape)) }
    static func reals(_ values: [Double]) -> JSON { .array(values.map { .real($0) }) }
    static func reals(_ values: [Float]) -> JSON { .array(values.map { .real(Double($0)) }) }
}

extension CommandData {
    /// Text of the TypeCode this value travels with.
    var typeText: String {
        func array(_ type: DataType, _ element: String) -> String { "alias(IDL:Tango/\(type.name):1.0,\(type.name),seq(\(element),0))" }
        func structure(_ members: String) -> String { "struct(IDL:Tango/\(self.type.name):1.0,\(self.type.name),{\(members)})" }
        let state = "enum(IDL:Tango/DevState:1.0,DevState,[\(DevState.allCases.map(\.name).joined(separator: ","))])"
        let encoded =
            "struct(IDL:Tango/DevEncoded:1.0,DevEncoded,{encoded_format:alias(IDL:Tango/DevString:1.0,DevString,string),"
            + "encoded_data:\(array(.charArray, "octet"))})"
        return switch self {
        case .void: "null"
        case .boolean: "boolean"
        case .short: "short"
        case .long: "long"
        case .long64: "longlong"
        case .float: "float"
        case .double: "double"
        case .uchar: "octet"
        case .ushort: "ushort"
        case .ulong: "ulong"
        case .ulong64: "ulonglong"
        case .string: "string"
        case .state: state
        case .encoded: encoded
        case .booleanArray: array(.booleanArray, "boolean")
        case .charArray: array(.charArray, "octet")
        case .shortArray: array(.shortArray, "short")
        case .longArray: array(.longArray, "long")
        case .long64Array: array(.long64Array, "longlong")
        case .floatArray: array(.floatArray, "float")
        case .doubleArray: array(.doubleArray, "double")
        case .ushortArray: array(.ushortArray, "ushort")
        case .ulongArray: array(.ulongArray, "ulong")
        case .ulong64Array: array(.ulong64Array, "ulonglong")
        case .stringArray: array(.stringArray, "string")
        case .stateArray: array(.stateArray, state)
        case .encodedArray: array(.encodedArray, encoded)
        case .longStringArray: structure("lvalue:\(array(.longArray, "long")),svalue:\(array(.stringArray, "string"))")
        case .doubleStringArray: structure("dvalue:\(array(.doubleArray, "double")),svalue:\(array(.stringArray, "string"))")
        }
    }

    /// The value without its type.
    var valueShape: JSON {
        switch self {
        case .void: .null
        case .boolean(let value): .boolean(value)
        case .short(let value): .whole(value)
        case .long(let value): .whole(value)
        case .long64(let value): .whole(value)
        case .float(let value): .real(Double(value))
        case .double(let value): .real(value)
        case .uchar(let value): .whole(value)
        case .ushort(let value): .whole(value)
        case .ulong(let value): .whole(value)
        case .ulong64(let value): .whole(value)
        case .string(let value): .string(value)
        case .state(let value): .string(value.name)
        case .encoded(let value): value.shape
        case .booleanArray(let values): .list(values) { .boolean($0) }
        case .charArray(let values): .hexadecimal(values)
        case .shortArray(let values): .integers(values)
        case .longArray(let values): .integers(values)
        case .long64Array(let values): .integers(values)
        case .floatArray(let values): .reals(values)
        case .doubleArray(let values): .reals(values)
        case .ushortArray(let values): .integers(values)
        case .ulongArray(let values): .integers(values)
        case .ulong64Array(let values): .integers(values)
        case .stringArray(let values): .strings(values)
        case .stateArray(let values): .list(values) { .string($0.name) }
        case .encodedArray(let values): .list(values, \.shape)
        case .longStringArray(let value): .members(("lvalue", .integers(value.longs)), ("svalue", .strings(value.strings)))
        case .doubleStringArray(let value): .members(("dvalue", .reals(value.doubles)), ("svalue", .strings(value.strings)))
        }
    }

    /// As an `any`.
    var shape: JSON { .members(("type", .string(self.typeText)), ("value", self.valueShape)) }
}

extension DevEncoded {
    var shape: JSON { .members(("encoded_format", .string(self.format)), ("encoded_data", .hexadecimal(self.data))) }
}

extension AttributeData {
    /// As an AttrValUnion.
    var unionShape: JSON {
        let (label, member): (String, String) =
            switch self {
            case .boolean: ("ATT_BOOL", "bool_att_value")
            case .short: ("ATT_SHORT", "short_att_value")
            case .long: ("ATT_LONG", "long_att_value")
            case .long64: ("ATT_LONG64", "long64_att_value")
            case .float: ("ATT_FLOAT", "float_att_value")
            case .double: ("ATT_DOUBLE", "double_att_value")
            case .uchar: ("ATT_UCHAR", "uchar_att_value")
            case .ushort: ("ATT_USHORT", "ushort_att_value")
            case .ulong: ("ATT_ULONG", "ulong_att_value")
            case .ulong64: ("ATT_ULONG64", "ulong64_att_value")
            case .string: ("ATT_STRING", "string_att_value")
            case .state: ("ATT_STATE", "state_att_value")
            case .deviceState: ("DEVICE_STATE", "dev_state_att")
            case .encoded: ("ATT_ENCODED", "encoded_att_value")
            case .none: ("ATT_NO_DATA", "union_no_data")
            }
        return .members(("disc", .string(label)), (member, self == .none ? .boolean(true) : self.anyForm.valueShape))
    }
}

extension Timestamp {
    var shape: JSON {
        .members(("tv_sec", .whole(self.seconds)), ("tv_usec", .whole(self.microseconds)), ("tv_nsec", .whole(self.nanoseconds)))
    }
}

extension AttributeDimension {
    var shape: JSON { .members(("dim_x", .whole(self.x)), ("dim_y", .whole(self.y))) }
}

extension DevError {
    var shape: JSON {
        .members(
            ("reason", .string(self.reason.rawValue)), ("severity", .string(self.severity.name)), ("desc", .string(self.description)),
            ("origin", .string(self.origin)))
    }
}

extension AttributeValue {
    func shape(version: Int) -> JSON {
        let name = ("name", JSON.string(self.name))
        if version <= 2 {
            return .members(
                ("value", self.data.anyForm.shape), ("quality", .string(self.quality.name)), ("time", self.time.shape), name,
                ("dim_x", .whole(self.readDimension.x)), ("dim_y", .whole(self.readDimension.y)))
        }
        var members: [(String, JSON)] = [
            ("value", version == 3 ? self.data.anyForm.shape : self.data.unionShape), ("quality", .string(self.quality.name)),
        ]
        if version >= 4 { members.append(("data_format", .string(self.format.name))) }
        if version >= 5 { members.append(("data_type", self.type.map { .whole($0.rawValue) } ?? .null)) }
        members += [
            ("time", self.time.shape), name, ("r_dim", self.readDimension.shape), ("w_dim", self.writeDimension.shape),
            ("err_list", .list(self.errors, \.shape)),
        ]
        return .object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    }
}

extension AttributeConfig {
    func shape(version: Int) -> JSON {
        func text(_ name: String, _ value: String) -> (String, JSON) { (name, .string(value)) }
        var members = [
            text("name", self.name), text("writable", self.writable.name), text("data_format", self.format.name),
            ("data_type", .whole(self.typeNumber)),
        ]
        if version >= 5 {
            members += [("memorized", .boolean(self.isMemorized)), ("mem_init", .boolean(self.isMemorizedWriteAtInit))]
        }
        members += [
            ("max_dim_x", .whole(self.maxDimX)), ("max_dim_y", .whole(self.maxDimY)), text("description", self.description),
            text("label", self.label), text("unit", self.unit), text("standard_unit", self.standardUnit),
            text("display_unit", self.displayUnit), text("format", self.displayFormat), text("min_value", self.minValue),
            text("max_value", self.maxValue),
        ]
        if version <= 2 { members += [text("min_alarm", self.alarm.minAlarm), text("max_alarm", self.alarm.maxAlarm)] }
        members.append(text("writable_attr_name", self.writableAttributeName))
        if version >= 2 { members.append(text("level", self.level.name)) }
        if version >= 5 { members += [text("root_attr_name", self.rootAttributeName), ("enum_labels", .strings(self.enumLabels))] }
        if version >= 3 { members += [("att_alarm", self.alarm.shape), ("event_prop", self.events.shape)] }
        members.append(("extensions", .strings(self.extensions)))
        if version >= 3 { members.append(("sys_extensions", .strings(self.systemExtensions))) }
        return .object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    }
}

extension AttributeAlarm {
    var shape: JSON {
        .members(
            ("min_alarm", .string(self.minAlarm)), ("max_alarm", .string(self.maxAlarm)), ("min_warning", .string(self.minWarning)),
            ("max_warning", .string(self.maxWarning)), ("delta_t", .string(self.deltaTime)), ("delta_val", .string(self.deltaValue)),
            ("extensions", .strings(self.extensions)))
    }
}

extension EventProperties {
    var shape: JSON {
        .members(
            (
                "ch_event",
                .members(
                    ("rel_change", .string(self.relativeChange)), ("abs_change", .string(self.absoluteChange)),
                    ("extensions", .strings(self.changeExtensions)))
            ), ("per_event", .members(("period", .string(self.period)), ("extensions", .strings(self.periodExtensions)))),
            (
                "arch_event",
                .members(
                    ("rel_change", .string(self.archiveRelativeChange)), ("abs_change", .string(self.archiveAbsoluteChange)),
                    ("period", .string(self.archivePeriod)), ("extensions", .strings(self.archiveExtensions)))
            ))
    }
}

extension CommandInfo {
    func shape(version: Int) -> JSON {
        let level = version >= 2 ? [JSON.Member(name: "level", value: .string(self.level.name))] : []
        let rest = [
            ("cmd_tag", JSON.whole(self.tag)), ("in_type", .whole(self.inTypeNumber)), ("out_type", .whole(self.outTypeNumber)),
            ("in_type_desc", .string(self.inDescription)), ("out_type_desc", .string(self.outDescription)),
        ]
        return .object(
            [JSON.Member(name: "cmd_name", value: .string(self.name))] + level + rest.map { JSON.Member(name: $0.0, value: $0.1) })
    }
}

extension PipeConfig {
    var shape: JSON {
        .members(
            ("name", .string(self.name)), ("description", .string(self.description)), ("label", .string(self.label)),
            ("level", .string(self.level.name)), ("writable", .string(self.writable.name)), ("extensions", .strings(self.extensions)))
    }
}

extension PipeElement {
    var shape: JSON {
        switch self.content {
        case .value(let data, let isArray):
            var kind = isArray ? "Array" : "Scalar"
            if isArray, case .string = data { kind = "" }
            return .members(
                ("name", .string(self.name)), ("value", data.unionShape), ("inner_blob", .array([])), ("inner_blob_name", .string(kind)))
        case .blob(let blob):
            return .members(
                ("name", .string(self.name)), ("value", AttributeData.none.unionShape), ("inner_blob", .list(blob.elements, \.shape)),
                ("inner_blob_name", .string(blob.name)))
        }
    }
}

extension PipeValue {
    var shape: JSON {
        .members(
            ("name", .string(self.name)), ("time", self.time.shape),
            ("data_blob", .members(("name", .string(self.blob.name)), ("blob_data", .list(self.blob.elements, \.shape)))))
    }
}
