import TangoCore
import TangoServer

/// The class `TangoTest`, which the tests of all Tango clients ask for: every type and shape of attribute, and a command that echoes its
/// argument for every type.
///
/// Interface of release 10.0.2, and the three attributes later client tests need; a superset of that of 9.3.4.
public enum TangoTestClass {
    /// What a server needs to serve devices of this class.
    public static var deviceClass: DeviceClass { Self.description }

    private static let description = DeviceClass(
        "TangoTest", TangoTestDevice.self, execution: .inline,
        documentation: [
            "ProjectTitle": ["TANGO Device Server"],
            "Description": [
                "A device to test generic clients with: it has attributes of all types, formats and writable kinds,",
                "and for each type of argument a command that returns what it is given.",
            ],
            "InheritedFrom": ["Device_6Impl"],
            "doc_url": ["http://www.esrf.eu/computing/cs/tango/tango_doc/ds_doc/"],
        ]
    ) {
        TestProperty.allCases.map { Member.property($0.definition) }
        Self.table.enumerated().map { slot, attribute in Member.attribute(attribute.lowered(slot: slot)) }
        TestCommands.all.map { Member.command($0) }
        TestPipe.definition
    }

    /// All attributes, in the order clients see; the position is the number of the device's slot.
    static let table: [TestAttribute] =
        TestScalars.generated + TestScalars.added + TestSpectra.all + TestImages.all + TestScalars.late

    /// Slots whose value every round of the generator replaces.
    static let renewedSlots: [Int] = Self.table.indices.filter { Self.table[$0].isRenewed }

    /// Slot of the attribute of that name.
    static func slot(of name: String) -> Int? { Self.table.firstIndex { $0.definition.name == name } }
}

/// The device properties of the class.
enum TestProperty: String, CaseIterable {
    case background = "Mthreaded_impl"
    case sleepPeriod = "Sleep_period"
    case ushortImageSize = "UShort_image_ro_size"

    /// Value without one in the database.
    var standard: Int {
        switch self {
        case .background: 1
        case .sleepPeriod: 2000
        case .ushortImageSize: TestAttribute.imageSide
        }
    }

    var definition: PropertyDefinition {
        let text =
            switch self {
            case .background: "Whether the values are renewed in the background (1) or with each request (0)"
            case .sleepPeriod: "Time between two renewals of the values in the background [ms]"
            case .ushortImageSize: "Width and height of the attribute ushort_image_ro"
            }
        return PropertyDefinition(name: self.rawValue, description: text, defaultValue: [String(self.standard)])
    }

    /// The value the device has; text that is no number counts as none.
    func value(of context: DeviceContext) -> Int {
        context.property(self.rawValue)?.first.flatMap { Int($0) } ?? self.standard
    }
}
