import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// The programs of the peers and ours, in every pairing.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct PeerTests {
    /// Reads every attribute, writes and reads back, executes commands, through our client.
    private func useTangoTest(_ device: DeviceProxy) async throws {
        #expect(try await device.state() == .running)
        let configs = try await device.attributeConfigs()
        #expect(configs.count >= 62)
        let values = try await device.readAttributes(configs.map(\.name))
        let failing = zip(configs, values).filter { $0.1.failure != nil }.map(\.0.name)
        #expect(failing.sorted() == ["no_value", "throw_exception"])
        for (config, value) in zip(configs, values) where value.failure == nil {
            #expect(value.name == config.name && value.type == config.type && value.format == config.format)
        }

        try await device.write("double_scalar", 3.25)
        #expect(try await device.read("double_scalar", as: Double.self).setPoint == 3.25)
        try await device.write("long_spectrum", [Int32(1), -2, 3])
        #expect(try await device.read("long_spectrum", as: [Int32].self).value == [1, -2, 3])
        try await device.write("double_image", TangoImage([1.5, 2, 3, 4, 5, 6], width: 3, height: 2))
        #expect(try await device.read("double_image", as: TangoImage<Double>.self).value.values == [1.5, 2, 3, 4, 5, 6])
        // Literals, into whatever numeric type there is.
        for name in [
            "short_scalar", "long_scalar", "long64_scalar", "uchar_scalar", "ushort_scalar", "ulong_scalar", "double_scalar",
            "float_scalar",
        ] {
            try await device.write(name, 7)
            let read = try await device.readAttribute(name)
            #expect(read.setData.map { "\($0)" }?.contains("7") == true, "\(name)")
        }
        let beyond = await #expect(throws: DevFailed.self) { try await device.write("short_scalar", 70_000) }
        #expect(beyond?.errors.contains { $0.reason == .incompatibleAttributeType } == true)
        try await device.write("string_scalar", "Größe")
        #expect(try await device.read("string_scalar", as: String.self).value == "Größe")
        let outcomes = try await device.writeAttributes([
            AttributeWrite(name: "nope", data: .double([1])), AttributeWrite(name: "short_scalar", data: .short([5])),
            AttributeWrite(name: "short_scalar_ro", data: .short([5])),
        ])
        let reasons: [ErrorReason?] = outcomes.map { $0?.reason }
        #expect(reasons == [.attributeNotFound, nil, .attributeNotWritable])

        #expect(try await device.command("DevString", "hello", as: String.self) == "hello")
        let big = (0..<100_000).map(Double.init)
        #expect(try await device.command("DevVarDoubleArray", big, as: [Double].self) == big)
        let pair = LongStringArray(longs: [1, -1], strings: ["a", "", "ü"])
        #expect(try await device.command("DevVarLongStringArray", pair, as: LongStringArray.self) == pair)
        let unknown = await #expect(throws: DevFailed.self) { try await device.command("Nope") }
        #expect(unknown?.reason == .commandNotFound)
        let pipe = try await device.readPipe("string_long_short_ro")
        #expect(pipe.blob.elements.map(\.name) == ["FirstDE", "SecondDE", "ThirdDE"])
        #expect(try await device.blackBox(3).count == 3)
        #expect(try await device.readAttributes(["State", "state", "State"]).map(\.name) == ["State", "State", "State"])
    }

    @Test func theCppServerRegistersWithOurDatabaseAndIsUsedByOurClient() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startCppTangoTest("test/cpp/1")
            let device = try await system.client.device("test/cpp/1")
            #expect(try await device.info().serverVersion == 5)
            try await self.useTangoTest(device)
            #expect(
                try await PeerProcess.run(Peers.tangoAdmin, ["--ping-device", "test/cpp/1"], environment: system.environment).status == 0)
            await server.stop()
            #expect(try await system.client.database().deviceInfo("test/cpp/1").isExported == false)
        }
    }

    @Test func ourServerRegistersWithOurDatabaseAndIsUsedByPyTangoAndTheCppClient() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startOurTangoTest("test/swift/1")
            try await self.useTangoTest(try await system.client.device("test/swift/1"))
            let python = try await system.python("pyclient.py", ["\(system.host)", "test/swift/1"])
            #expect(python.status == 0, "\(python.output.suffix(3000))")
            #expect(
                try await PeerProcess.run(Peers.tangoAdmin, ["--ping-device", "test/swift/1"], environment: system.environment).status == 0)
            await server.stop()
        }
    }

    @Test func thePyTangoServerRegistersWithOurDatabaseAndIsUsedByOurClient() async throws {
        try await PeerSystem.withOurs { system, _ in
            let server = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/pyserver.py")], server: "pyserver/t", device: "test/py/1", deviceClass: "WirePy")
            let device = try await system.client.device("test/py/1")
            #expect(try await device.info().serverVersion == 6)
            let configs = try await device.attributeConfigs()
            let values = try await device.readAttributes(configs.map(\.name))
            #expect(values.count == configs.count && values.contains { $0.failure == nil })
            for (config, value) in zip(configs, values) where value.failure == nil && value.quality != .invalid {
                #expect(value.type == config.type && value.format == config.format, "\(config.name)")
            }
            #expect(try await device.commandList().contains { $0.name == "State" })
            #expect(try await device.state() != .unknown)
            await server.stop()
        }
    }

    @Test func ourServerRegistersWithTheCppDatabaseAndIsUsedByEverybody() async throws {
        try await PeerSystem.withCpp { system, _ in
            let server = try await system.startOurTangoTest("test/swift/1")
            try await self.useTangoTest(try await system.client.device("test/swift/1"))
            let python = try await system.python("pyclient.py", ["\(system.host)", "test/swift/1"])
            #expect(python.status == 0, "\(python.output.suffix(3000))")
            #expect(
                try await PeerProcess.run(Peers.tangoAdmin, ["--ping-device", "test/swift/1"], environment: system.environment).status == 0)
            let line = try await system.tango(["read", "test/swift/1", "boolean_scalar"])
            #expect(line.status == 0 && line.output.hasPrefix("boolean_scalar\ttrue"), "\(line.output)")
            // A second start under the same name is refused as the C++ server refuses it.
            let second = try await PeerProcess.run(Peers.program("TangoTest"), ["swift"], environment: system.environment)
            #expect(second.status == 255 && second.output.contains("This server is already running, exiting!"))
            await server.stop()
            #expect(try await system.client.database().deviceInfo("test/swift/1").isExported == false)
        }
    }

    @Test func clientsSeeNoDifferenceBetweenOurTangoTestAndTheCppOne() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            let comparison = try await system.python(
                "compare.py", ["\(system.host)", "test/cpp/1", "\(system.host)", "test/swift/1", "--fresh"])
            #expect(comparison.status == 0, "\(comparison.output.suffix(4000))")
            await cpp.stop()
            await ours.stop()
        }
    }

    @Test func clientsSeeNoDifferenceBetweenLocksOnOursAndOnTheCppServer() async throws {
        try await PeerSystem.withOurs { system, _ in
            try await system.client.database().putProperties(
                ofClass: "TangoTest", [(name: "AllowedAccessCmd", values: ["devstring"])])
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            let theirs = try await system.python("locks.py", ["test/cpp/1"])
            let own = try await system.python("locks.py", ["test/swift/1"])
            #expect(theirs.status == 0 && theirs.output.split(separator: "\n").count > 80, "\(theirs.output)")
            #expect(own.output.split(separator: "\n") == theirs.output.split(separator: "\n"))

            // Our client on the C++ server: the same rules, kept alive the same way.
            let device = try await system.client.device("test/cpp/1")
            let other = ControlSystem(host: system.host)
            try await device.lock(validity: 2)
            try await device.write("double_scalar", 1.0)
            #expect(try await device.isLockedByMe())
            try await Task.sleep(for: .seconds(4))
            let refused = await #expect(throws: DevFailed.self) { try await other.device("test/cpp/1").write("double_scalar", 1.0) }
            #expect(refused?.reason == .deviceLocked)
            try await device.unlock()
            try await other.device("test/cpp/1").write("double_scalar", 1.0)
            await other.shutdown()
            await cpp.stop()
            await ours.stop()
        }
    }

    /// Polls by the admin device's commands and reads caches and histories through our client.
    private func usePolling(_ system: PeerSystem, _ device: DeviceProxy) async throws {
        let admin = try await system.client.device(try await device.adminName())
        func poll(_ command: String, _ name: String) async throws {
            let object = [device.name, name == "DevVoid" ? "command" : "attribute", name]
            let argument: CommandData =
                command == "RemObjPolling"
                ? .stringArray(object) : .longStringArray(LongStringArray(longs: [50], strings: object))
            try await admin.command(command, argument)
        }
        let attributes = ["double_scalar", "ampli", "State", "Status", "throw_exception", "string_spectrum_ro", "long64_image_ro"]
        for name in attributes + ["DevVoid"] { try await poll("AddObjPolling", name) }
        for name in attributes {
            var history = AttributeHistory(name: "", values: [])
            for _ in 0..<200 where history.values.count < 3 {
                try await Task.sleep(for: .milliseconds(20))
                if let read = try? await device.attributeHistory(name, count: 3) { history = read }
            }
            let config = try await device.attributeConfig(name)
            #expect(history.name == name && history.values.count == 3, "\(name)")
            for value in history.values {
                if name == "throw_exception" {
                    #expect(value.failure?.reason == "exception test" && value.quality == .invalid)
                    continue
                }
                #expect(value.failure == nil && value.type == config.type && value.format == config.format, "\(name)")
                #expect(value.readData.count == value.readDimension.elementCount && value.readData.count > 0, "\(name)")
                #expect((value.setData?.count ?? 0) == value.writeDimension.elementCount, "\(name)")
                #expect(value.time > .zero)
            }
        }
        #expect(try await device.commandHistory("State", count: 2).map(\.result) == [.state(.running), .state(.running)])
        let status = CommandData.string("The device is in RUNNING state.")
        #expect(try await device.commandHistory("Status", count: 2).map(\.result) == [status, status])
        #expect(try await device.commandHistory("DevVoid", count: 2).count == 2)
        let cached = try await device.readAttributes(["double_scalar", "long_scalar", "throw_exception"], source: .cache)
        #expect(cached.map { $0.failure?.reason } == [nil, .attributeNotPolled, "exception test"])
        for name in attributes + ["DevVoid"] { try await poll("RemObjPolling", name) }
        #expect(try await admin.command("PolledDevice", as: [String].self) == [])
    }

    @Test func ourClientReadsCachesAndHistoriesOfACppServerAndOfOurs() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            try await self.usePolling(system, try await system.client.device("test/cpp/1"))
            await cpp.stop()
            let ours = try await system.startOurTangoTest("test/swift/1")
            try await self.usePolling(system, try await system.client.device("test/swift/1"))
            await ours.stop()
        }
    }

    @Test func aKilledDatabaseLosesNothingAndServersAndClientsCarryOn() async throws {
        try await PeerSystem.withOurs { system, database in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            let devices = [try await system.client.device("test/cpp/1"), try await system.client.device("test/swift/1")]
            try await system.client.database().putProperties(ofDevice: "test/cpp/1", [(name: "kept", values: ["1", "", "ü"])])
            database.signal(SIGKILL)
            _ = try await database.finished()
            for device in devices { #expect(try await device.state() == .running) }
            let down = await #expect(throws: DevFailed.self) { try await system.client.database().info() }
            #expect(down?.errors.contains { $0.reason == .cantConnectToDatabase || $0.reason == .communicationFailed } == true)

            let again = try await system.startOurDatabase()
            let kept = try await system.client.database().properties(ofDevice: "test/cpp/1", names: ["kept"])
            #expect(kept.first?.values == ["1", "", "ü"])
            let exported = try await system.client.database().devices(exportedOnly: true)
            #expect(exported.contains("test/cpp/1") && exported.contains("test/swift/1") && exported.contains("sys/database/2"))
            for device in devices { #expect(try await device.state() == .running) }
            // A client that starts now finds both; the configuration of a running device can be changed and is stored.
            let newcomer = ControlSystem(host: system.host)
            let device = try await newcomer.device("test/swift/1")
            var config = try await device.attributeConfig("double_scalar")
            config.label = "renamed"
            try await device.setAttributeConfigs([config])
            #expect(try await device.attributeConfig("double_scalar").label == "renamed")
            let stored = try await newcomer.database().strings(
                "DbGetDeviceAttributeProperty2", .stringArray(["test/swift/1", "double_scalar"]))
            #expect(stored == ["test/swift/1", "1", "double_scalar", "1", "label", "1", "renamed"])
            await newcomer.shutdown()
            await cpp.stop()
            await ours.stop()
            await again.stop()
        }
    }

    @Test func aClientSurvivesTheRestartOfAServer() async throws {
        try await PeerSystem.withOurs { system, _ in
            let first = try await system.startOurTangoTest("test/swift/1")
            let device = try await system.client.device("test/swift/1")
            #expect(try await device.state() == .running)
            first.signal(SIGKILL)
            _ = try await first.finished()
            let lost = await #expect(throws: DevFailed.self) { try await device.state() }
            #expect(lost?.errors.contains { $0.reason == .communicationFailed || $0.reason == .cantConnectToDevice } == true)
            let second = try await PeerProcess(
                Peers.program("TangoTest"), ["swift"], environment: system.environment, readyWhenPrinting: "Ready to accept request")
            #expect(try await device.state() == .running)
            await second.stop()
        }
    }

    /// The long form of this is `make soak`.
    @Test func garbageAtEveryPortLeavesGoodRequestsAnswered() async throws {
        let soak = try await PeerProcess.run(
            "/bin/bash", [Peers.script("soak.sh"), "5"], environment: ["TANGO": Peers.program("tango")])
        #expect(soak.status == 0, "\(soak.output)")
        #expect(soak.output.components(separatedBy: "alive").count == 4, "\(soak.output)")
    }

    @Test func errorsOfTheCommandLineAreOneLineAndAStatus() async throws {
        try await PeerSystem.withOurs { system, _ in
            let ours = try await system.startOurTangoTest("test/swift/1")
            for (arguments, text) in [
                (["read", "test/swift/1", "nope"], "API_AttrNotFound"), (["read", "no/such/device", "x"], "DB_DeviceNotDefined"),
                (["write", "test/swift/1", "short_scalar", "70000"], "short_scalar"),
                (["command", "test/swift/1", "Nope"], "API_CommandNotFound"),
                (["database", "--in-memory", "--host", "127.0.0.1", "--port", "\(system.host.port)"], "Address already in use"),
                (["state", "--tango-host", "127.0.0.1:1", "a/b/c"], "127.0.0.1:1"),
            ] {
                let result = try await system.tango(arguments)
                #expect(result.status == 1, "\(arguments)")
                #expect(result.output.contains(text) && result.output.split(separator: "\n").count == 1, "\(arguments): \(result.output)")
            }
            let json = try await system.tango(["read", "--json", "test/swift/1", "boolean_scalar"])
            #expect(json.status == 0 && json.output.contains("\"ATTR_VALID\""), "\(json.output)")
            await ours.stop()
        }
    }

    @Test func cppAndPythonServersAreUsedThroughOurGateway() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let python = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/pyserver.py")], server: "pyserver/t", device: "test/py/1", deviceClass: "WirePy")
            let (gateway, hostURL) = try await system.startGateway()
            let device = "\(hostURL)/devices/test/cpp/1"
            let string = try await PeerSystem.http("\(device)/attributes/string_scalar/value")
            #expect(string.status == 200 && string.body.contains("\"value\":\"Default string\""), "\(string)")
            let written = try await PeerSystem.http("\(device)/attributes/short_spectrum/value?v=1,2,3", ["-X", "PUT"])
            #expect(written.status == 200 && written.body.contains("\"value\":[1,2,3]"), "\(written)")
            let command = try await PeerSystem.http(
                "\(device)/commands/DevString", ["-X", "PUT", "-H", "Content-Type: application/json", "-d", "{\"input\":\"hello\"}"])
            #expect(command.status == 200 && command.body.contains("\"output\":\"hello\""), "\(command)")
            #expect(try await PeerSystem.http("\(device)/attributes/throw_exception/value").status == 400)
            #expect(try await PeerSystem.http("\(device)/attributes/nope").status == 404)
            #expect(try await PeerSystem.http("\(device)/pipes/string_long_short_ro/value").status == 200)
            let state = try await PeerSystem.http("\(hostURL)/devices/test/py/1/state")
            #expect(state.status == 200 && state.body.contains("\"state\":"), "\(state)")
            await cpp.stop()
            #expect(try await PeerSystem.http("\(device)/state").status == 503)
            #expect(try await PeerSystem.http(hostURL).status == 200)
            await python.stop()
            await gateway.stop()
        }
    }

    @Test func numbersThatAreNoneMayBeWrittenWhereTheControlSystemAllowsIt() async throws {
        try await PeerSystem.withOurs { system, _ in
            for (isAllowed, instance) in [(false, "strict"), (true, "lax")] {
                if isAllowed {
                    try await system.client.database().putProperties(
                        ofObject: "CtrlSystem", [(name: "WAttrNaNAllowed", values: ["true"])])
                }
                let cpp = try await system.startCppTangoTest("test/cpp/\(instance)", instance: "cpp\(instance)")
                let ours = try await system.startOurTangoTest("test/swift/\(instance)", instance: instance)
                for name in ["test/cpp/\(instance)", "test/swift/\(instance)"] {
                    let device = try await system.client.device(name)
                    for number in [Double.nan, .infinity] {
                        let write = AttributeWrite(name: "double_scalar", data: .double([number]))
                        let reason = try await device.writeAttributes([write])[0]?.reason
                        #expect(reason == (isAllowed ? nil : .writeOutsideLimit), "\(name) \(number)")
                    }
                }
                await cpp.stop()
                await ours.stop()
            }
        }
    }
}
