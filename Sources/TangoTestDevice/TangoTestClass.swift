import TangoCore
package import TangoServer

/// The class `TangoTest`, which the tests of all Tango clients need: an attribute of every type and format, and for every type a command
/// that echoes its argument.
///
/// It has the interface of the C++ TangoTest of release 10.0.2, a superset of that of 9.3.4, and the three attributes that later client
/// tests need.
package enum TangoTestClass {
    /// The class, for a server.
    package static var deviceClass: DeviceClass { Self.description }

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

    /// All attributes in the order in which clients list them; the position is the number of the device's slot.
    static let table: [TestAttribute] =
        TestScalars.generated + TestScalars.added + TestSpectra.all + TestImages.all + TestScalars.late

    /// Slots whose values every round of the generator replaces.
    static let renewedSlots: [Int] = Self.table.indices.filter { Self.table[$0].isRenewed }

    /// Slot of the attribute of that name.
    static func slot(of name: String) -> Int? { Self.table.firstIndex { $0.definition.name == name } }
}

/// The device properties of the class.
enum TestProperty: String, CaseIterable {
    case background = "Mthreaded_impl"
    case sleepPeriod = "Sleep_period"
    case ushortImageSize = "UShort_image_ro_size"

    /// Value used when the database has none.
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

    /// Returns the value for the device; text that is not a number counts as none.
    func value(of context: DeviceContext) -> Int {
        context.property(self.rawValue)?.first.flatMap { Int($0) } ?? self.standard
    }
}
