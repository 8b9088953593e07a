import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// Read parts, set parts and their sizes.
struct ValueTests {
    private func run(_ body: (TestServer, DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { try await body($0, try await $0.device()) }
    }

    private static let initial: [(String, AttributeData)] = [
        ("number", AttributeData.double([1.5, 0])), ("whole", .short([3, 0])), ("text", .string(["text", "Not initialised"])),
        ("flag", .boolean([false, true])), ("color", .short([1, 0])), ("mode", .state([.open, .unknown])), ("row", .long([1, 2, 3, 0])),
        ("picture", .uchar([1, 2, 3, 4, 5, 6, 0])), ("actual", .double([7, 0])), ("asynchronous", .long([11, 0])),
        ("blob", .encoded([DevEncoded(format: "raw", data: [1]), DevEncoded(format: "Not initialised", data: [])])),
        ("plain", .double([2])),
    ]

    @Test(arguments: initial)
    func beforeTheFirstWriteTheSetPartIsTheInitialValue(name: String, data: AttributeData) async throws {
        try await self.run { _, device in
            let value = try await device.readAttribute(name)
            #expect(value.data == data)
            #expect(value.writeDimension == (name == "plain" ? .zero : .scalar))
        }
    }

    @Test func aWriteAttributeTravelsWithOneCopy() async throws {
        try await self.run { _, device in
            for number in [0.0, 4] {
                if number > 0 { #expect(await device.writeFailure("target", .double([number])) == nil) }
                let value = try await device.readAttribute("target")
                #expect(value.data == .double([number]) && value.readDimension == .scalar && value.writeDimension == .scalar)
                #expect(value.setData == .double([number]))
                #expect(try await device.readAttribute("actual").data == .double([7, number]))
            }
        }
    }

    @Test func ofAScalarWrittenWithThreeValuesTheFirstCounts() async throws {
        try await self.run { _, device in
            #expect(await device.writeFailure("number", .double([3, 4, 5])) == nil)
            let value = try await device.readAttribute("number")
            #expect(value.data == .double([3, 3]) && value.writeDimension == .scalar)
        }
    }

    @Test func spectraAndImages() async throws {
        try await self.run { _, device in
            #expect(await device.writeFailure("row", .long([])) == nil)
            let empty = try await device.readAttribute("row")
            #expect(empty.data == .long([]) && empty.readDimension == .zero && empty.writeDimension == .zero)
            #expect(await device.writeFailure("row", .long([9, 8])) == nil)
            #expect(try await device.readAttribute("row").data == .long([9, 8, 9, 8]))
            #expect(await device.writeFailure("picture", .uchar([1, 2]), AttributeDimension(x: 1, y: 2)) == nil)
            let image = try await device.readAttribute("picture")
            #expect(image.data == .uchar([1, 2, 1, 2]) && image.writeDimension == AttributeDimension(x: 1, y: 2))
            // An image written as a spectrum has no height.
            #expect(await device.writeFailure("picture", .uchar([5, 6, 7])) == nil)
            #expect(try await device.readAttribute("picture").writeDimension == AttributeDimension(x: 3, y: 0))
        }
    }

    @Test func aRefusedWriteLeavesTheSetValue() async throws {
        try await self.run { (_, device) async throws in
            #expect(await device.writeFailure("number", .double([3])) == nil)
            #expect(await device.writeFailure("number", .double([11])) != nil)
            #expect(await device.writeFailure("failing", .long([3])) != nil)
            #expect(try await device.readAttribute("number").setData == .double([3]))
        }
    }

    @Test func initKeepsTheSetValueAndDevRestartDoesNot() async throws {
        try await self.run { test, device in
            #expect(await device.writeFailure("number", .double([3])) == nil)
            try await device.command("Init")
            #expect(try await device.readAttribute("number").setData == .double([3]))
            try await test.admin().command("DevRestart", .string("T/A/1"))
            #expect(try await device.readAttribute("number").data == .double([1.5, 0]))
        }
    }

    @Test func aMemorizedWriteNeedsNoDatabase() async throws {
        try await self.run { (_, device) async throws in
            #expect(await device.writeFailure("remembered", .double([3])) == nil)
            #expect(try await device.readAttribute("remembered").setData == .double([3]))
            #expect(try await device.attributeConfig("remembered").isMemorized)
            #expect(await device.configFailure("remembered") { $0.label = "new" } == nil)
            #expect(try await device.attributeConfig("remembered").label == "new")
        }
    }

    @Test func anAttributeNamedTwiceIsAnsweredTwice() async throws {
        try await self.run { test, device in
            let call = DeviceCall.readAttributes(["number", "NUMBER", "number"], source: .device, identity: .cpp(pid: 1), version: 5)
            guard case .attributeValues(let values) = try await test.call(call) else {
                Issue.record("no values")
                return
            }
            #expect(values.map(\.data) == Array(repeating: .double([1.5, 0]), count: 3))
            #expect(try await device.readAttribute("number").failure == nil)
        }
    }

    @Test func allAttributesIsANameOfItsOwn() async throws {
        try await self.run { test, _ in
            let call = DeviceCall.readAttributes(["All attributes"], source: .device, identity: .cpp(pid: 1), version: 5)
            guard case .attributeValues(let all) = try await test.call(call) else {
                Issue.record("no values")
                return
            }
            #expect(all.first?.name == "number" && all.suffix(2).map(\.name) == ["State", "Status"])
        }
    }

    @Test func configurationsAreAnsweredAsOftenAsRequestedInAnyCase() async throws {
        try await self.run { test, device in
            #expect(try await device.attributeConfigs(["NUMBER", "plain", "number"]).map(\.name) == ["number", "plain", "number"])
            let all = try await device.attributeConfigs(["All attributes_3"]).map(\.name)
            #expect(all.suffix(2) == ["State", "Status"] && all.count > 10)
            // Beside others it is a name like any other.
            let failure = await #expect(throws: DevFailed.self) { try await device.attributeConfigs(["All attributes_3", "number"]) }
            #expect(failure?.reasonDescription == "All attributes_3 attribute not found")
        }
    }

    @Test func timesAreThoseOfTheDeviceElseOfTheRead() async throws {
        let given = Timestamp(seconds: 5, microseconds: 250_000)
        let old = AttributeDefinition(
            name: "old", type: .long, reader: .sync { _ in AttributeReading(.long([1]), dimension: .scalar, time: given) })
        let new = AttributeDefinition(name: "new", type: .long, reader: .sync { _ in AttributeReading(.long([1]), dimension: .scalar) })
        let invalid = AttributeDefinition(
            name: "invalid", type: .long, reader: .sync { _ in AttributeReading(.none, dimension: .zero, quality: .invalid, time: given) })
        let deviceClass = DeviceClass("Plain", PlainDevice.self) {
            old
            new
            invalid
        }
        try await TestServer.run([deviceClass], devices: ["t/a/1"]) { test in
            let before = Timestamp.now
            let values = try await test.device().readAttributes(["old", "new", "invalid"])
            #expect(values[0].time == given && values[2].time == given)
            #expect(values[2].quality == .invalid && values[2].failure == nil)
            #expect(values[1].time.seconds >= before.seconds && values[1].time.nanoseconds == 0)
        }
    }

    @Test func stringsTravelUnchangedWhateverTheirLength() async throws {
        try await self.run { (_, device) async throws in
            let latin = String(String.UnicodeScalarView((1...255).compactMap { Unicode.Scalar($0) }))
            for text in ["", String(repeating: "x", count: 5000), latin] {
                #expect(try await device.command("EchoLater", .string(text)) == .string(text))
            }
        }
    }

    @Test func stateAndStatusAreTheSameEverywhere() async throws {
        try await self.run { test, device in
            try test.context().setState(.moving)
            #expect(try await device.state() == .moving)
            #expect(try await device.command("State") == .state(.moving))
            let values = try await device.readAttributes(["STATE", "status"])
            #expect(values.map(\.name) == ["State", "Status"] && values.allSatisfy { $0.quality == .valid })
            #expect(values.map(\.data) == [.deviceState(.moving), .string(["The device is in MOVING state."])])
            #expect(try await device.command("Status") == .string("The device is in MOVING state."))
            try test.context().setStatus("my own words")
            #expect(try await device.status() == "my own words")
        }
    }
}
