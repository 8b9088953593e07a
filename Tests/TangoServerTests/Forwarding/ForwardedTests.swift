import Foundation
import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// A device whose attributes are roots.
private final class RootDevice: Device {
    var value = 1.0
    var table = [1.0, 2.0]

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Root", RootDevice.self, execution: .inline) {
        Attribute("Value", Double.self, label: "Root label", unit: "A", maxValue: 100).read { $0.value }.write { $0.value = $1 }
        Attribute("Table", [Double].self, maxDimX: 8).read { $0.table }.write { $0.table = $1 }
        Attribute("Fixed", Int32.self).read { _ in 7 }
        Attribute("Failing", Double.self).read { _ -> Double in throw DevFailed("Root_Failing", "on purpose") }
        Attribute("Level", Double.self, maxAlarm: 50).read { $0.value }
        Command("Block") { _ in try await Task.sleep(for: .seconds(2)) }
    }
}

/// A device with forwarded attributes between others.
private final class Forwarder: Device {
    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static func deviceClass(_ roots: [(name: String, root: String?)], execution: Execution = .inline) -> DeviceClass {
        DeviceClass("Forwarder", Forwarder.self, execution: execution) {
            Attribute("First", Double.self).read { _ in 1 }
            for (name, root) in roots { ForwardedAttribute(name, label: name == "Scalar" ? "My label" : nil, root: root) }
            Attribute("Last", Double.self).read { _ in 2 }
            Command("Hold") { _ in try await Task.sleep(for: .seconds(2)) }
        }
    }
}

/// Forwarded attributes (kernel rules 23), through the wire.
struct ForwardedTests {
    private static let all = ["Scalar": "Value", "Spectrum": "Table", "ReadOnly": "Fixed", "Failing": "Failing", "Level": "Level"]

    /// A server with the root device t/root/1 and the forwarding t/a/1.
    private static func run(
        _ roots: [(name: String, root: String?)]? = nil, execution: Execution = .inline, source: ServerArguments.Source? = nil,
        _ body: (TestServer, DeviceProxy, DeviceProxy) async throws -> Void
    ) async throws {
        let roots = roots ?? Self.all.sorted { $0.key < $1.key }.map { ($0.key, "t/root/1/\($0.value)") }
        // The forwarding one is made first: its roots are not there yet.
        try await TestServer.run(
            [Forwarder.deviceClass(roots, execution: execution), RootDevice.deviceClass],
            devices: ["Forwarder::t/a/1", "Forwarder::t/a/2", "Root::t/root/1"], source: source
        ) { test in
            try await body(test, try await test.device(), try await test.device("t/root/1"))
        }
    }

    private static func failure(_ body: () async throws -> Void) async -> DevFailed? {
        do {
            try await body()
            return nil
        } catch {
            return DevFailed(wrapping: error)
        }
    }

    /// A configuration without format, as cppTango answers it for a root that waits for its own, is never passed on: PyTango cannot write
    /// an attribute without format.
    @Test func aRootThatDoesNotKnowWhatItIsCountsAsNotFound() async throws {
        try await Self.run { test, _, root in
            let locator = try TRL(parsing: "tango://127.0.0.1:\(test.server.port)/t/root/1/Value#dbase=no")
            let config = try await root.attributeConfig("Value")
            let known = try #require(ForwardedRoot(locator, root, config))
            for change in [
                { @Sendable (config: inout AttributeConfig) in config.format = .unknown }, { $0.writable = .unknown },
                { $0.typeNumber = 100 },
            ] {
                var unknown = config
                change(&unknown)
                #expect(ForwardedRoot(locator, root, unknown) == nil)
                #expect(known.updated(unknown) == nil, "the configuration of before stays")
            }
        }
    }

    /// The label is stored here and the rest at the root: what the root refuses changes neither.
    @Test func aConfigurationThatTheRootRefusesLeavesTheLabel() async throws {
        try await Self.run { _, device, root in
            let before = try await root.attributeConfig("Value")
            let failure = await device.configFailure("Scalar") { config in
                config.label = "New"
                config.maxValue = "abc"
            }
            #expect(failure?.reason == .attributeProperty)
            #expect(try await device.attributeConfig("Scalar").label == "My label")
            #expect(try await root.attributeConfig("Value") == before)
        }
    }

    // MARK: - Values

    @Test func aForwardedAttributeShowsItsRootUnderItsOwnNameAndLabel() async throws {
        try await Self.run { test, device, root in
            let names = try await device.attributeConfigs().map(\.name)
            #expect(names == ["First", "Failing", "Level", "ReadOnly", "Scalar", "Spectrum", "Last", "State", "Status"])
            let config = try await device.attributeConfig("scalar")
            var expected = try await root.attributeConfig("Value")
            expected.name = "Scalar"
            expected.label = "My label"
            expected.writableAttributeName = "Scalar"
            expected.rootAttributeName = "tango://127.0.0.1:\(test.server.port)/t/root/1/value#dbase=no"
            #expect(config == expected)
            #expect(config.unit == "A")
            #expect(try await device.attributeConfig("Spectrum").label == "Spectrum")
            #expect(try await device.attributeConfig("Spectrum").maxDimX == 8)
            #expect(try await device.attributeConfig("First").rootAttributeName == "Not specified")
        }
    }

    @Test(arguments: [Execution.inline, .blocking]) func readingAndWritingGoThrough(_ execution: Execution) async throws {
        try await Self.run(execution: execution) { _, device, root in
            try await root.write("Value", 2.5)
            let value = try await device.readAttribute("SCALAR")
            #expect(value.name == "Scalar" && value.type == .double && value.format == .scalar)
            #expect(value.readData == .double([2.5]) && value.setData == .double([2.5]))
            try await device.write("Scalar", 3.5)
            let seen = try await root.readAttribute("Value")
            #expect(seen.readData == .double([3.5]) && seen.setData == .double([3.5]))
            try await device.write("Spectrum", [4.0, 5.0, 6.0])
            #expect(try await device.readAttribute("Spectrum").setData == .double([4, 5, 6]))
            let both = try await device.writeReadAttributes(
                [AttributeWrite(name: "Scalar", data: .double([4.5]))], read: ["Scalar", "First"])
            #expect(both[0].setData == .double([4.5]) && both[1].readData == .double([1]))
            let many = try await device.readAttributes(["Scalar", "Failing", "nope", "ReadOnly", "State"])
            #expect(many.map { $0.failure?.rootCause.reason } == [nil, "Root_Failing", .attributeNotFound, nil, nil])
        }
    }

    @Test func errorsOfTheRootAreReturnedAndSayWhereTheyComeFrom() async throws {
        try await Self.run { test, device, root in
            let read = try #require(await Self.failure { _ = try await device.readAttribute("Failing") })
            let place = "tango://127.0.0.1:\(test.server.port)/t/root/1#dbase=no"
            #expect(
                read.errors.map(\.reason) == ["Root_Failing", "API_AttributeFailed", "API_AttributeFailed"])
            #expect(read.errors[2].description == "Reading root attribute failing on device \(place) failed!")
            let write = try #require(await device.writeFailure("Scalar", .double([200])))
            #expect(write.errors[0].reason == .writeOutsideLimit)
            #expect(write.errors[0].description == "Set value for attribute Value is above the maximum authorized (at least element 0)")
            #expect(write.errors[1].description == "Failed to write_attribute on device t/root/1, attribute value")
            #expect(write.errors[2].description == "Writing root attribute value on device \(place) failed!")
            // What needs no root is checked here.
            #expect(await device.writeFailure("ReadOnly", .long([1]))?.rootCause.description == "Attribute ReadOnly is not writable")
            #expect(await device.writeFailure("Scalar", .long([1]))?.rootCause.reason == .incompatibleAttributeType)
            #expect(
                await device.writeFailure("Spectrum", .double(Array(repeating: 0, count: 9)))?.rootCause.description
                    == "X dimesion is greater than the max defined for attribute Spectrum")
            #expect(try await root.readAttribute("Value").readData == .double([1]))
        }
    }

    @Test func cacheAndHistoryAreThoseOfTheRoot() async throws {
        try await Self.run { test, device, _ in
            let admin = try await test.admin()
            #expect(
                await Self.failure { _ = try await device.readAttribute("Scalar", source: .cache) }?.rootCause.reason == .attributeNotPolled
            )
            let refused = await Self.failure { _ = try await device.attributeHistory("SCALAR", count: 3) }
            #expect(refused?.errors.last?.description == "Reading history for attribute scalar on device t/a/1 failed!")
            try await admin.command(
                "AddObjPolling", .longStringArray(LongStringArray(longs: [20], strings: ["t/root/1", "attribute", "Value"])))
            try await eventually { (try? await device.attributeHistory("Scalar", count: 2))?.values.count == 2 }
            #expect(try await device.readAttribute("Scalar", source: .cache).readData == .double([1]))
            let history = try await device.attributeHistory("Scalar", count: 2)
            #expect(history.name == "Scalar" && history.values.map(\.readData) == [.double([1]), .double([1])])
            let polled = await admin.commandFailure(
                "AddObjPolling", .longStringArray(LongStringArray(longs: [20], strings: ["t/a/1", "attribute", "Scalar"])))
            #expect(polled?.rootCause.reason == .notSupportedFeature)
            let place = "tango://127.0.0.1:\(test.server.port)/t/root/1/value#dbase=no"
            #expect(
                polled?.rootCause.description
                    == "Attribute scalar is a forwarded attribute.\nIt's not supported to poll a forwarded attribute.\nPolling has to be done on the root attribute (\(place))"
            )
        }
    }

    @Test func alarmsOfTheRootAreAlarmsOfTheDevice() async throws {
        try await Self.run { _, device, root in
            #expect(try await device.state() == .on)
            try await root.write("Value", 60.0)
            #expect(try await device.state() == .alarm)
            #expect(try await device.status() == "The device is in ALARM state.\nAlarm : Value too high for Level")
            try await root.write("Value", 1.0)
            #expect(try await device.state() == .on)
        }
    }

    // MARK: - Configuration

    @Test func onlyTheLabelIsLocal() async throws {
        let file = try PropertyFileOfTest("t/a/1/Scalar->__root_att: t/root/1/Value\nt/a/1/Scalar->unit: local\n")
        defer { file.remove() }
        try await Self.run([("Scalar", nil)], source: file.source) { test, device, root in
            #expect(await device.configFailure("Scalar") { $0.label = "Other" } == nil)
            #expect(try await device.attributeConfig("Scalar").label == "Other")
            #expect(try await root.attributeConfig("Value").label == "Root label")
            let requests = try await root.blackBox(50)
            #expect(!requests.contains { $0.contains("set_attribute_config") })
            #expect(file.text.contains("t/a/1/Scalar->label: Other"))
            // The rest is the root's, through whichever device it changes.
            #expect(await device.configFailure("Scalar") { $0.unit = "V" } == nil)
            #expect(try await root.attributeConfig("Value").unit == "V")
            #expect(try await device.attributeConfig("Scalar").unit == "V")
            #expect(await root.configFailure("Value") { $0.description = "of the root" } == nil)
            #expect(try await device.attributeConfig("Scalar").description == "of the root")
            #expect(try await device.attributeConfig("Scalar").label == "Other")
            #expect(file.text.contains("t/root/1/Value->unit: V"))
            let refused = await device.configFailure("Scalar") { $0.maxValue = "abc" }
            #expect(
                refused?.rootCause.description
                    == "Device t/root/1-> Attribute : Value\nThe property max_value is defined in an unsupported format")
            // Tango's special values of a label.
            #expect(await device.configFailure("Scalar") { $0.label = "" } == nil)
            #expect(try await device.attributeConfig("Scalar").label == "My label")
            #expect(await device.configFailure("Scalar") { $0.label = "not specified" } == nil)
            #expect(try await device.attributeConfig("Scalar").label == "Scalar")
            #expect(await device.configFailure("Scalar") { $0.format = .image }?.rootCause.reason == .attributeNotAllowed)
            // The label is there after a restart.
            #expect(await device.configFailure("Scalar") { $0.label = "Kept" } == nil)
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await device.attributeConfig("Scalar").label == "Kept")
        }
    }

    @Test func anErrorOfARootStopsAListOfConfigurations() async throws {
        try await Self.run { _, device, root in
            var configs = try await device.attributeConfigs(["First", "Scalar", "Last"])
            configs[0].unit = "one"
            configs[1].maxValue = "abc"
            configs[2].unit = "three"
            let failure = await Self.failure { [configs] in try await device.setAttributeConfigs(configs) }
            #expect(
                failure?.rootCause.reason.rawValue
                    == "API_AttrOptProp\nAll previous attribute(s) have been successfully updated\nAll remaining attribute(s) have not been updated"
            )
            #expect(try await device.attributeConfigs(["First", "Last"]).map(\.unit) == ["one", ""])
        }
    }

    @Test func aBusyDeviceStillTellsItsConfiguration() async throws {
        try await Self.run(execution: .blocking) { _, device, _ in
            async let held: CommandData = device.command("Hold")
            #expect(try await device.attributeConfigs().count == 9)
            #expect(try await device.attributeConfig("Scalar").unit == "A")
            _ = try await held
        }
    }

    // MARK: - Roots

    @Test(
        arguments: [
            (nil, "Not defined", "Missing or wrong root attribute definition"),
            ("t/root/1", "t/root/1", "Wrong syntax in root attribute definition"),
            ("", "", "Wrong syntax in root attribute definition"),
            ("alias/Value", "alias/Value", "Wrong syntax in root attribute definition"),
            ("a/b/c/d/e", "a/b/c/d/e", "Wrong syntax in root attribute definition"),
            ("http://h:1/t/root/1/Value", "http://h:1/t/root/1/Value", "Wrong syntax in root attribute definition"),
            ("tango://h/t/root/1/Value", "tango://h/t/root/1/Value", "Wrong syntax in root attribute definition"),
            ("t/root/1/Nope", "tango://127.0.0.1:PORT/t/root/1/Nope#dbase=no", "Attribute not found in root device"),
            ("T/A/1/First", "tango://127.0.0.1:PORT/T/A/1/First#dbase=no", "Root device is local device"),
            ("tango://127.0.0.1:1/t/root/1/Value", "tango://127.0.0.1:1/t/root/1/Value", "Wrong root device"),
        ] as [(String?, String, String)])
    func aWrongRootIsSaidInTheStatus(_ root: String?, _ shown: String, _ error: String) async throws {
        try await Self.run([("Wrong", root)]) { test, device, _ in
            #expect(try await device.state() == .alarm)
            let shown = shown.replacingOccurrences(of: "PORT", with: "\(test.server.port)")
            let text =
                "The device is in ALARM state.\nForwarded attribute Wrong is not correctly configured! \nRoot attribute name = \(shown)\nYou can update it using the Jive tool\nError: \(error)"
            #expect(try await device.status() == text)
            #expect(try await device.attributeConfigs().map(\.name) == ["First", "Last", "State", "Status"])
            #expect(
                await Self.failure { _ = try await device.readAttribute("Wrong") }?.rootCause.description == "Wrong attribute not found")
            #expect(await device.writeFailure("Wrong", .double([1]))?.rootCause.reason == .attributeNotFound)
            #expect(await Self.failure { _ = try await device.attributeConfig("Wrong") }?.rootCause.reason == .attributeNotFound)
            try await device.command("Init")
            #expect(try await device.state() == .alarm)
        }
    }

    @Test func theRootInTheDatabaseIsOfOneDeviceOnly() async throws {
        let file = try PropertyFileOfTest("t/a/1/Scalar->__root_att: t/root/1/Value\nCLASS/Forwarder/Scalar->__root_att: t/root/1/Fixed\n")
        defer { file.remove() }
        try await Self.run([("Scalar", nil)], source: file.source) { test, device, _ in
            #expect(try await device.readAttribute("Scalar").readData == .double([1]))
            let status = try await test.device("t/a/2").status()
            let expected =
                "Root attribute name = Not defined\nYou can update it using the Jive tool\nError: Missing or wrong root attribute definition"
            #expect(status.hasSuffix(expected))
        }
    }

    @Test func aRootServesOneAttributeOfAProcess() async throws {
        let file = try PropertyFileOfTest("t/a/1/Scalar->__root_att: t/root/1/Value\nt/a/2/Scalar->__root_att: T/Root/1/VALUE\n")
        defer { file.remove() }
        try await Self.run([("Scalar", nil)], source: file.source) { test, device, _ in
            let other = try await test.device("t/a/2")
            let status = try await other.status()
            #expect(status.hasSuffix("Error: Root attribute already used in this device server process for attribute t/a/1/Scalar"))
            // The one that has it keeps it, and gives it back when it is removed.
            try await test.admin().command("DevRestart", .string("t/a/1"))
            #expect(try await device.readAttribute("Scalar").readData == .double([1]))
            try test.context().removeAttribute("Scalar", keepsProperties: true)
            try await test.admin().command("DevRestart", .string("t/a/2"))
            #expect(try await other.readAttribute("Scalar").readData == .double([1]))
            #expect(try await other.state() == .on)
            try await test.admin().command("Init")
            #expect(try await device.readAttribute("Scalar").readData == .double([1]))
        }
    }

    @Test func aRootMayBeAForwardedAttribute() async throws {
        let file = try PropertyFileOfTest("t/a/1/Scalar->__root_att: t/a/2/Scalar\nt/a/2/Scalar->__root_att: t/root/1/Value\n")
        defer { file.remove() }
        try await Self.run([("Scalar", nil)], source: file.source) { _, device, root in
            try await device.write("Scalar", 8.0)
            #expect(try await root.readAttribute("Value").setData == .double([8]))
            #expect(try await device.readAttribute("Scalar").readData == .double([8]))
            #expect(await device.configFailure("Scalar") { $0.unit = "deep" } == nil)
            #expect(try await root.attributeConfig("Value").unit == "deep")
            #expect(try await device.attributeConfig("Scalar").rootAttributeName.contains("t/a/2/scalar"))
        }
    }

    @Test func attributesThatLeadToEachOtherDoNotHangTheServer() async throws {
        let file = try PropertyFileOfTest("t/a/1/Scalar->__root_att: t/a/2/Scalar\nt/a/2/Scalar->__root_att: t/a/1/Scalar\n")
        defer { file.remove() }
        try await Self.run([("Scalar", nil)], source: file.source) { _, device, _ in
            let configs = try await device.attributeConfigs()
            #expect(configs.map(\.name) == ["First", "Last", "State", "Status"])
            #expect(try await device.state() == .alarm)
        }
    }

    // MARK: - At run time

    @Test func forwardedAttributesComeAndGoAtRunTime() async throws {
        try await Self.run([]) { test, device, _ in
            let context = try test.context()
            try context.addAttribute(.forwarded("Added", root: "t/root/1/Value"))
            try await eventually { (try? await device.attributeConfig("Added")) != nil }
            #expect(try await device.attributeConfigs().map(\.name) == ["First", "Last", "Added", "State", "Status"])
            try context.addAttribute(ForwardedAttribute("ADDED", of: Forwarder.self, root: "t/root/1/Value"))
            #expect(throws: DevFailed.self) { try context.addAttribute(.forwarded("First", root: "t/root/1/Fixed")) }
            #expect(throws: DevFailed.self) { try context.addAttribute(.forwarded("State", root: "t/root/1/Fixed")) }
            #expect(throws: DevFailed.self) { try context.addAttribute(AttributeDefinition(name: "Added", type: .long)) }
            try context.removeAttribute("Added")
            #expect(try await device.attributeConfigs().map(\.name) == ["First", "Last", "State", "Status"])
            // One without a root can be removed as well.
            try context.addAttribute(.forwarded("Wrong"))
            try await eventually { try await device.state() == .alarm }
            try context.removeAttribute("Wrong")
            #expect(try await device.state() == .on)
            #expect(throws: DevFailed.self) { try context.removeAttribute("Wrong") }
            // Of the class: both devices look for the root, one gets it.
            try context.addAttribute(.forwarded("Shared", root: "t/root/1/Fixed"), to: .deviceClass)
            let other = try await test.device("t/a/2")
            try await eventually {
                let states = [try await device.state(), try await other.state()]
                return states.contains(.alarm) && states.contains(.on)
            }
            try context.removeAttribute("Shared", from: .deviceClass)
            #expect(try await device.state() == .on)
            #expect(try await other.state() == .on)
        }
    }

    @Test func aRuleOfAllowanceIsEvaluated() async throws {
        let deviceClass = DeviceClass("Forwarder", Forwarder.self) {
            ForwardedAttribute("Scalar", root: "t/root/1/Value").notAllowed(in: .on)
        }
        try await TestServer.run([deviceClass, RootDevice.deviceClass], devices: ["Forwarder::t/a/1", "Root::t/root/1"]) { test in
            let device = try await test.device()
            #expect(await Self.failure { _ = try await device.readAttribute("Scalar") }?.rootCause.reason == .attributeNotAllowed)
            #expect(await device.writeFailure("Scalar", .double([1]))?.rootCause.reason == .attributeNotAllowed)
            try test.context().setState(.off)
            #expect(try await device.readAttribute("Scalar").readData == .double([1]))
        }
    }

    @Test func aRootThatStartsLaterIsNoticed() async throws {
        var port = 0
        try await TestServer.run([RootDevice.deviceClass], devices: ["t/root/1"]) { test in port = test.server.port }
        let place = "tango://127.0.0.1:\(port)/t/root/1/Value#dbase=no"
        try await TestServer.run([Forwarder.deviceClass([("Late", place)])], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            let interfaces = Mutex<[[String]]>([])
            _ = test.server.context?.changes.observe { _, change in
                guard case .interface(_, let attributes, _) = change else { return }
                interfaces.withLock { $0.append(attributes.map(\.name)) }
            }
            #expect(
                try await device.status()
                    == "The device is in ALARM state.\nForwarded attribute Late is not reachable! \nRoot attribute name = \(place)\nError: Root device not started yet. Polling (if any) for this attribute not available"
            )
            let late = DeviceServer(
                classes: [RootDevice.deviceClass],
                configuration: .init(
                    name: "Late",
                    arguments: ServerArguments(
                        instance: "test", source: .none([.init(name: "t/root/1", deviceClass: nil)]),
                        endPoint: .init(host: "127.0.0.1", port: port))))
            try await late.start()
            try await eventually { (try? await device.readAttribute("Late").readData) == .double([1]) }
            #expect(try await device.state() == .on)
            try await eventually { interfaces.withLock { $0.last } == ["First", "Late", "Last", "State", "Status"] }
            #expect(try await device.attributeConfigs().map(\.name) == ["First", "Late", "Last", "State", "Status"])
            try await device.write("Late", 5.0)
            // It goes again: the attribute stays, with the configuration of before.
            await late.stop()
            #expect(try await device.attributeConfig("Late").unit == "A")
            let failure = await Self.failure { _ = try await device.readAttribute("Late") }
            #expect(failure?.errors.last?.description.hasPrefix("Reading root attribute value on device tango://") == true)
        }
    }

    // MARK: - Locks

    @Test func lockingADeviceLocksItsRootsInTheNameOfTheServer() async throws {
        try await Self.run { test, device, root in
            let other = ControlSystem()
            let foreign = try await other.device("tango://127.0.0.1:\(test.server.port)/t/root/1#dbase=no")
            try await device.lock(validity: 60)
            try await device.lock(validity: 60)
            #expect(await foreign.writeFailure("Value", .double([1]))?.rootCause.reason == .deviceLocked)
            #expect(await root.writeFailure("Value", .double([1]))?.rootCause.reason == .deviceLocked)
            #expect(await device.writeFailure("Scalar", .double([9])) == nil)
            try await device.unlock()
            #expect(try await root.isLocked())
            try await device.unlock()
            #expect(try await root.isLocked() == false)
            // All or nothing.
            try await foreign.lock(validity: 60)
            let refused = await Self.failure { try await device.lock(validity: 60) }
            #expect(refused?.rootCause.reason == .deviceLocked)
            #expect(try await device.isLocked() == false)
            #expect(
                await device.writeFailure("Scalar", .double([9]))?.rootCause.description == "Device t/root/1 is locked by another client")
            try await foreign.unlock()
            await other.shutdown()
        }
    }

    // MARK: - Tables

    @Test func aReservedPlaceIsKept() {
        var table = OrderedTable<Int>()
        table.set(1, for: "one")
        table.reserve("Two")
        table.set(3, for: "three")
        #expect(table["two"] == nil && table.members == [1, 3])
        var copy = table.map { $0 * 10 }
        copy.set(20, for: "TWO")
        #expect(copy.members == [10, 20, 30] && copy["two"] == 20)
        table.reserve("one")
        #expect(table["one"] == 1)
        #expect(table.remove("two") == nil)
        table.set(2, for: "two")
        #expect(table.members == [1, 3, 2])
    }
}

/// A property file for a server with the devices of these tests.
private struct PropertyFileOfTest {
    let path: String

    init(_ properties: String) throws {
        self.path = FileManager.default.temporaryDirectory.appendingPathComponent("forwarded-\(UUID().uuidString).txt").path
        let devices = "Test/test/DEVICE/Forwarder: t/a/1, t/a/2\nTest/test/DEVICE/Root: t/root/1\n"
        try (devices + properties).write(toFile: self.path, atomically: true, encoding: .utf8)
    }

    var source: ServerArguments.Source { .file(self.path) }
    var text: String { (try? String(contentsOfFile: self.path, encoding: .utf8)) ?? "" }
    func remove() { try? FileManager.default.removeItem(atPath: self.path) }
}
