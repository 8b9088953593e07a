import TangoCore
import TangoServer
import Testing

@testable import TangoTestDevice

struct InterfaceTests {
    /// Name, type and access, in order.
    static let attributes = """
        ampli DevDouble W; boolean_scalar DevBoolean RW; double_scalar DevDouble RW; double_scalar_rww DevDouble RWW;
        double_scalar_w DevDouble W; float_scalar DevFloat RW; long64_scalar DevLong64 RW; long_scalar DevLong RW;
        long_scalar_rww DevLong RWW; long_scalar_w DevLong W; no_value DevLong R; short_scalar DevShort RW; short_scalar_ro DevShort R;
        short_scalar_rww DevShort RWW; short_scalar_w DevShort W; string_scalar DevString RW; throw_exception DevLong R;
        uchar_scalar DevUChar RW; ulong64_scalar DevULong64 RW; ushort_scalar DevUShort RW; ulong_scalar DevULong RW;
        enum_scalar DevEnum RW; freq DevDouble W; enum_scalar_ro DevEnum R;
        boolean_spectrum DevBoolean RW 4096; boolean_spectrum_ro DevBoolean R 4096; double_spectrum DevDouble RW 4096;
        double_spectrum_ro DevDouble R 4096; float_spectrum DevFloat RW 4096; float_spectrum_ro DevFloat R 4096;
        long64_spectrum_ro DevLong64 R 4096; long_spectrum DevLong RW 4096; long_spectrum_ro DevLong R 4096;
        short_spectrum DevShort RW 4096; short_spectrum_ro DevShort R 4096; string_spectrum DevString RW 256;
        string_spectrum_ro DevString R 256; uchar_spectrum DevUChar RW 4096; uchar_spectrum_ro DevUChar R 4096;
        ulong64_spectrum_ro DevULong64 R 4096; ulong_spectrum_ro DevULong R 4096; ushort_spectrum DevUShort RW 4096;
        ushort_spectrum_ro DevUShort R 4096; wave DevDouble R 4096; enum_spectrum DevEnum RW 4096; enum_spectrum_ro DevEnum R 4096;
        boolean_image DevBoolean RW 251 251; boolean_image_ro DevBoolean R 251 251; double_image DevDouble RW 251 251;
        double_image_ro DevDouble R 251 251; float_image DevFloat RW 251 251; float_image_ro DevFloat R 251 251;
        long64_image_ro DevLong64 R 251 251; long_image DevLong RW 251 251; long_image_ro DevLong R 251 251;
        short_image DevShort RW 251 251; short_image_ro DevShort R 251 251; string_image DevString RW 256 256;
        string_image_ro DevString R 256 256; uchar_image DevUChar RW 251 251; uchar_image_ro DevUChar R 251 251;
        ulong64_image_ro DevULong64 R 251 251; ulong_image_ro DevULong R 251 251; ushort_image DevUShort RW 251 251;
        ushort_image_ro DevUShort R 8192 8192; enum_image_ro DevEnum R 251 251; enum_image DevEnum RW 251 251;
        echo_mode DevBoolean R; long_scalar_ts_past DevLong RW; long_scalar_ts_future DevLong RW
        """

    @Test func attributesHaveTheNamesTypesAndKindsOfTheTableInOrder() {
        let expected = Self.attributes.split(separator: ";").map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        let actual = TangoTestClass.deviceClass.attributes.map(Self.row)
        #expect(actual == expected)
        // With State and Status, 72 in all.
        #expect(actual.count == 70)
    }

    private static func row(_ attribute: AttributeDefinition) -> String {
        let access =
            switch attribute.access {
            case .read: "R"
            case .write: "W"
            case .readWrite: "RW"
            case .readWithWrite: "RWW"
            case .unknown: "?"
            }
        let dimension =
            switch attribute.format {
            case .scalar: attribute.maxDimX == 1 && attribute.maxDimY == 0 ? "" : " ?"
            case .spectrum: attribute.maxDimY == 0 ? " \(attribute.maxDimX)" : " ?"
            case .image: " \(attribute.maxDimX) \(attribute.maxDimY)"
            case .unknown: " ?"
            }
        return "\(attribute.name) \(attribute.type.name) \(access)\(dimension)"
    }

    @Test func onlyTheAttributesOfTheTableHavePropertiesOfTheirOwn() {
        var expected: [String: AttributeDefaults] = [
            "boolean_scalar": [.description: "A boolean scalar attribute"],
            "float_scalar": [.description: "A float attribute"],
            "float_spectrum": [.description: "A float spectrum attribute"],
            "uchar_spectrum": [.description: "An unsigned char spectrum attribute", .minValue: "0", .maxValue: "255"],
            "ushort_spectrum": [.description: "An unsigned short spectrum attribute"],
            "boolean_image_ro": [.label: "boolean_image"],
            "ushort_image_ro": [.description: "An unsigned short image attribute", .minValue: "0", .maxValue: "255"],
        ]
        expected["float_image_ro"] = [.description: "A float image attribute", .label: "float_image", .minValue: "0", .maxValue: "255"]
        expected["uchar_image_ro"] = [
            .description: "An unsigned char image attribute", .label: "uchar_image", .minValue: "0", .maxValue: "255",
        ]
        for attribute in TangoTestClass.deviceClass.attributes {
            #expect(attribute.properties == expected[attribute.name] ?? AttributeDefaults(), "\(attribute.name)")
            #expect(attribute.level == .operator && attribute.memorization == .none)
        }
    }

    @Test func readWithWriteAttributesShowTheirPartners() {
        let partners = TangoTestClass.deviceClass.attributes.filter { $0.writeAttributeName != nil }.map {
            [$0.name, $0.writeAttributeName]
        }
        #expect(
            partners == [
                ["double_scalar_rww", "double_scalar_w"], ["long_scalar_rww", "long_scalar_w"], ["short_scalar_rww", "short_scalar_w"],
            ])
    }

    @Test func enumAttributesHaveTheirLabels() {
        let labels = TangoTestClass.deviceClass.attributes.filter { $0.type == .enum }.map {
            "\($0.name) \($0.enumLabels.joined(separator: ","))"
        }
        #expect(
            labels == [
                "enum_scalar LABEL0,LABEL1,LABEL2", "enum_scalar_ro LABEL3,LABEL4,LABEL5", "enum_spectrum LABEL6,LABEL7,LABEL8",
                "enum_spectrum_ro LABEL9,LABEL10,LABEL11", "enum_image_ro LABEL12,LABEL13,LABEL14", "enum_image LABEL15,LABEL16,LABEL17",
            ])
    }

    @Test func handlersFitTheWritableKinds() {
        for attribute in TangoTestClass.deviceClass.attributes {
            #expect((attribute.reader == nil) == (attribute.access == .write), "\(attribute.name)")
            #expect((attribute.writer != nil) == attribute.access.isWritable, "\(attribute.name)")
        }
    }

    /// Name, types, descriptions.
    static let commands = """
        CrashFromDevelopperThread DevVoid|Uninitialised|Uninitialised
        CrashFromOmniThread DevVoid|Uninitialised|Uninitialised
        DevBoolean DevBoolean|Any boolean value|Echo of the argin value
        DevDouble DevDouble|Any DevDouble value|Echo of the argin value
        DevFloat DevFloat|Any DevFloat value|Echo of the argin value
        DevLong DevLong|Any DevLong value|Echo of the argin value
        DevLong64 DevLong64|Any DevLong64 value|Echo of the argin value
        DevShort DevShort|Any DevShort value|Echo of the argin value
        DevString DevString|-|-
        DevULong DevULong|Any DevULong|Echo of the argin value
        DevULong64 DevULong64|Any DevULong64 value|Echo of the argin value
        DevUShort DevUShort|Any DevUShort value|Echo of the argin value
        DevVarCharArray DevVarCharArray|-|-
        DevVarDoubleArray DevVarDoubleArray|-|-
        DevVarDoubleStringArray DevVarDoubleStringArray|-|-
        DevVarFloatArray DevVarFloatArray|-|-
        DevVarLong64Array DevVarLong64Array|Uninitialised|Uninitialised
        DevVarLongArray DevVarLongArray|-|-
        DevVarLongStringArray DevVarLongStringArray|-|-
        DevVarShortArray DevVarShortArray|-|-
        DevVarStringArray DevVarStringArray|-|-
        DevVarULong64Array DevVarULong64Array|Uninitialised|Uninitialised
        DevVarULongArray DevVarULongArray|-|-
        DevVarUShortArray DevVarUShortArray|-|-
        DevVoid DevVoid|N/A|N/A
        DumpExecutionState DevVoid|Uninitialised|Uninitialised
        SwitchStates DevVoid|Uninitialised|Uninitialised
        """

    @Test func commandsHaveTheNamesTypesAndDescriptionsOfTheTableInOrder() {
        let infos = TangoTestClass.deviceClass.commands.map(\.info)
        #expect(
            infos.map { "\($0.name) \($0.inType?.name ?? "?")|\($0.inDescription)|\($0.outDescription)" }
                == Self.commands.split(separator: "\n").map(String.init))
        #expect(infos.allSatisfy { $0.inTypeNumber == $0.outTypeNumber && $0.tag == 0 })
        #expect(
            infos.filter { $0.level == .expert }.map(\.name) == ["CrashFromDevelopperThread", "CrashFromOmniThread", "DumpExecutionState"])
    }

    @Test func theClassDocumentsItself() {
        let description = TangoTestClass.deviceClass
        #expect(description.name == "TangoTest")
        #expect(description.execution == .inline)
        #expect(
            description.properties.map { [$0.name] + $0.defaultValue } == [
                ["Mthreaded_impl", "1"], ["Sleep_period", "2000"], ["UShort_image_ro_size", "251"],
            ])
        #expect(description.documentation["ProjectTitle"] == ["TANGO Device Server"])
        #expect(description.documentation["doc_url"] == ["http://www.esrf.eu/computing/cs/tango/tango_doc/ds_doc/"])
        #expect(description.documentation["Description"] != nil && description.documentation["InheritedFrom"] != nil)
    }
}
