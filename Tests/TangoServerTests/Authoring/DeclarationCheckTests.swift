import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// Mistakes in the declarations of a class keep a server from starting, with one line that names class and member.
struct DeclarationCheckTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var text: String
        var members: @Sendable () -> [Member]
        var testDescription: String { self.text }

        init(_ text: String, @MemberBuilder<PlainDevice> _ members: @escaping @Sendable () -> [Member]) {
            self.text = text
            self.members = members
        }
    }

    private static let reader = AttributeReader.sync { _ in nil }
    private static let writer = AttributeWriter.sync { _, _ in }

    private static func attribute(
        _ type: DataType = .double, _ format: AttributeFormat = .scalar, _ access: AttributeWriteType = .read, x: Int32 = 1, y: Int32 = 0,
        labels: [String] = [], reads: Bool = true, writes: Bool = false, defaults: AttributeDefaults = AttributeDefaults()
    ) -> AttributeDefinition {
        AttributeDefinition(
            name: "A", type: type, format: format, access: access, maxDimX: x, maxDimY: y, enumLabels: labels, properties: defaults,
            reader: reads ? self.reader : nil, writer: writes ? self.writer : nil)
    }

    static let mistakes = [
        Mistake("attribute LEVEL is declared twice") {
            Attribute("Level", Double.self).read { _ in 1 }
            Attribute("LEVEL", Int32.self).read { _ in 1 }
        },
        Mistake("attribute Level is declared twice") {
            ForwardedAttribute("level")
            Attribute("Level", Double.self).read { _ in 1 }
        },
        Mistake("command on is declared twice") {
            Command("On") { _ in }
            Command("on") { (_, _: Double) in }
        },
        Mistake("pipe P is declared twice") {
            DevicePipe("P").read { _ in [] }
            DevicePipe("P").read { _ in [] }
        },
        Mistake("property host is declared twice") {
            DeviceProperty("Host", String.self)
            DeviceProperty("host", Int.self, default: 1)
        },
        Mistake("class property Site is declared twice") {
            ClassProperty("Site", String.self, default: "")
            ClassProperty("Site", String.self, default: "")
        },
        Mistake("attribute state is there already: every device has State and Status") {
            Attribute("state", DevState.self).read { _ in .on }
        },
        Mistake("attribute Status is there already: every device has State and Status") { ForwardedAttribute("Status") },
        Mistake("command State is there already: every device has Init, State and Status") { Command("State") { _ in DevState.on } },
        Mistake("command STATUS is there already: every device has Init, State and Status") { Command("STATUS") { _ in "" } },
        Mistake("command Init is there already: every device has Init, State and Status") { Command("Init") { _ in } },
        Mistake("a declaration (attribute) has no name") { Attribute("", Double.self).read { _ in 1 } },
        Mistake("command a/b has a slash in its name, so that no client can name it") { Command("a/b") { _ in } },
        Mistake("attribute Level has no handler: add .read, .write or .stored") { Attribute("Level", Double.self) },
        Mistake("attribute A is READ and has no read handler") { Self.attribute(reads: false, writes: true) },
        Mistake("attribute A is WRITE and has no write handler") { Self.attribute(.double, .scalar, .write) },
        Mistake("attribute A is READ_WRITE and has no write handler") { Self.attribute(.double, .scalar, .readWrite) },
        Mistake("attribute A is READ_WRITE and has no read handler") {
            Self.attribute(.double, .scalar, .readWrite, reads: false, writes: true)
        },
        Mistake("attribute A can neither be read nor written") { Self.attribute(.double, .scalar, .unknown) },
        Mistake("attribute B shows the set value of Nothing, which is not declared") {
            Attribute("B", Double.self).read { _ in 1 }.showingSetValue(of: "Nothing")
        },
        Mistake("attribute B shows the set value of C, which is not writable") {
            Attribute("C", Double.self).read { _ in 1 }
            Attribute("B", Double.self).read { _ in 1 }.showingSetValue(of: "c")
        },
        Mistake("attribute B shows the set value of C, which is of another type or format") {
            Attribute("C", Int32.self).write { _, _ in }
            Attribute("B", Double.self).read { _ in 1 }.showingSetValue(of: "C")
        },
        Mistake("attribute B shows the set value of no attribute") { Attribute("B", Double.self).read { _ in 1 }.showingSetValue(of: "") },
        Mistake("attribute A has type DevVarDoubleArray, which is no type of attributes") { Self.attribute(.doubleArray) },
        Mistake("attribute A is neither scalar nor spectrum nor image") { Self.attribute(.double, .unknown) },
        Mistake("attribute A is a scalar of maximum size 2 x 0, not 1 x 0") { Self.attribute(x: 2) },
        Mistake("attribute S is a spectrum of maximum size 0 x 0, not at least 1 x 0") {
            Attribute("S", [Double].self, maxDimX: 0).read { _ in [] }
        },
        Mistake("attribute I is an image of maximum size 4 x -1, not at least 1 x 1") {
            Attribute("I", TangoImage<Double>.self, maxDimX: 4, maxDimY: -1).read { _ in TangoImage([], width: 0, height: 0) }
        },
        Mistake("attribute A has the label red twice") { Self.attribute(.enum, labels: ["red", "green", "red"]) },
        Mistake("attribute A has an empty label") { Self.attribute(.enum, labels: ["red", ""]) },
        Mistake("attribute N has labels but is DevShort, not DevEnum") {
            Attribute("N", Int16.self, enumLabels: ["low", "high"]).read { _ in 1 }
        },
        Mistake("attribute F has the display format \"6.2f\", which is neither like \"%6.2f\" nor like \"scientific;setprecision(3)\"") {
            Attribute("F", Double.self, format: "6.2f").read { _ in 1 }
        },
        Mistake("attribute F has the display format \"%6.2\", which is neither like \"%6.2f\" nor like \"scientific;setprecision(3)\"") {
            Attribute("F", Double.self, format: "%6.2").read { _ in 1 }
        },
        Mistake("User default property min_value for attribute : A is greater then or equal max_value") {
            Self.attribute(defaults: [.minValue: "2", .maxValue: "1"])
        },
        Mistake("Attribute : A is not writable and therefore can not be memorized") {
            Attribute("A", Double.self, memorization: .memorized).read { _ in 1 }
        },
        Mistake("command Scale is polled and has an argument") { Command("Scale") { (_, _: Double) in }.polled(every: .seconds(1)) },
    ]

    @Test(arguments: mistakes) func aMistakeIsNamed(_ mistake: Mistake) {
        let deviceClass = DeviceClass("Wrong", PlainDevice.self, members: mistake.members)
        let failure = #expect(throws: ServerStartError.self) { try DeclarationCheck.check([deviceClass]) }
        #expect(failure?.description == "Class Wrong: \(mistake.text)")
        #expect(failure?.status == 255)
    }

    @Test func twoClassesOfOneNameAreAMistake() {
        let classes = [DeviceClass("Same", PlainDevice.self), DeviceClass("SAME", PlainDevice.self)]
        let failure = #expect(throws: ServerStartError.self) { try DeclarationCheck.check(classes) }
        #expect(failure?.description == "Device class SAME is declared twice")
    }

    @Test(arguments: [
        "%6.2f", "%d", "%s", "%5.1e mm", "%-10s", "%04x", "100 %% of %d", "Not specified", "scientific", "setw(8);setprecision(3)", "%lld",
    ])
    func commonDisplayFormatsAreRight(_ format: String) throws {
        try DeclarationCheck.check([
            DeviceClass("Right", PlainDevice.self) { Attribute("F", Double.self, format: format).read { _ in 1 } }
        ])
    }

    @Test func everyKindOfMemberMayHaveTheSameName() throws {
        try DeclarationCheck.check([
            DeviceClass("Right", PlainDevice.self) {
                Attribute("On", Double.self).write { _, _ in }
                Attribute("Shown", Double.self).read { _ in 1 }.showingSetValue(of: "on")
                Command("On") { _ in }
                DevicePipe("On").read { _ in [] }
                DeviceProperty("On", String.self)
                ClassProperty("On", String.self, default: "")
            }
        ])
    }

    @Test func theServerDoesNotStart() async throws {
        let deviceClass = DeviceClass("Wrong", PlainDevice.self) { Attribute("Level", Double.self) }
        let failure = await #expect(throws: ServerStartError.self) {
            try await TestServer.run([deviceClass], devices: ["t/a/1"]) { _ in }
        }
        #expect(failure?.description == "Class Wrong: attribute Level has no handler: add .read, .write or .stored")
    }

    @Test func theProgramPrintsOneLineAndEndsWithStatus255() async {
        let result = await #expect(processExitsWith: .exitCode(255), observing: [\.standardErrorContent]) {
            let deviceClass = DeviceClass("Wrong", PlainDevice.self) { Attribute("Level", Double.self) }
            await DeviceServer.main(
                name: "Wrong", classes: [deviceClass],
                arguments: ["Wrong", "test", "-nodb", "-dlist", "t/a/1", "-ORBendPoint", "giop:tcp:127.0.0.1:"])
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text == "Class Wrong: attribute Level has no handler: add .read, .write or .stored\n")
    }
}
