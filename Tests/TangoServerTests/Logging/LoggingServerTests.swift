import Foundation
import Logging
import Synchronization
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// Logs the text of a command.
private final class Talker: Device {
    private let context: DeviceContext

    init(context: DeviceContext) {
        self.context = context
        context.setState(.on)
        context.logger.info("made")
    }
    func initialize() {}

    static let deviceClass = DeviceClass("Talker", Talker.self, execution: .inline) {
        Command("Say", of: Talker.self, in: .stringArray) { device, argument in
            guard case .stringArray(let strings) = argument, strings.count == 2 else { return .void }
            let level = try #require(Logger.Level(rawValue: strings[0]))
            device.context.logger.log(level: level, "\(strings[1])")
            return .void
        }
    }
}

/// The records that a log device received.
private final class Consumer: Sendable {
    let calls = Mutex<[[String]]>([])
    /// Log waits for this to open.
    let gate = Latch()

    final class Plain: Device {
        init(context: DeviceContext) { context.setState(.on) }
        func initialize() {}
    }

    var all: [[String]] { self.calls.withLock { $0 } }

    /// - Parameter isSlow: whether Log waits.
    func deviceClass(isSlow: Bool = false) -> DeviceClass {
        DeviceClass("LogConsumer", Plain.self, execution: .inline) {
            for name in ["Register", "UnRegister"] {
                Command(name, of: Plain.self, in: .string) { _, argument in
                    if case .string(let text) = argument { self.calls.withLock { $0.append([name, text]) } }
                    return .void
                }
            }
            Command("Log", of: Plain.self, in: .stringArray) { _, argument in
                if isSlow { await self.gate.wait() }
                if case .stringArray(let strings) = argument { self.calls.withLock { $0.append(["Log"] + strings) } }
                return .void
            }
        }
    }
}

/// Cannot be initialized.
private final class Failing: Device {
    init(context: DeviceContext) {}
    func initialize() async throws { throw DevFailed("Failing_Broken", "the crystal is cracked") }
}

/// Logging over the wire: the admin commands and where records come out. Answers and texts are those of the peers.
struct LoggingServerTests {
    private func run(_ body: (TestServer, DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([Talker.deviceClass], devices: ["t/a/1", "T/A/2"]) { test in try await body(test, try await test.admin()) }
    }

    private func levels(_ admin: DeviceProxy, _ patterns: [String] = ["*"]) async throws -> LongStringArray? {
        LongStringArray(try await admin.command("GetLoggingLevel", .stringArray(patterns)))
    }

    private func targets(_ admin: DeviceProxy, _ device: String = "t/a/1") async throws -> [String]? {
        [String].init(try await admin.command("GetLoggingTarget", .string(device)))
    }

    private func set(_ admin: DeviceProxy, _ levels: [Int32], _ devices: [String]) async throws {
        try await admin.command("SetLoggingLevel", .longStringArray(LongStringArray(longs: levels, strings: devices)))
    }

    /// Paths clients give are taken in lower case, so not the temporary folder of the system, whose name may have capitals.
    private static let temporary = "/tmp"

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = "\(Self.temporary)/logging-\(UUID().uuidString.lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func events(_ path: String) throws -> [EventReader.Event] {
        try EventReader.read(try String(contentsOfFile: path, encoding: .utf8))
    }

    // MARK: - Commands

    @Test func theAdminDeviceHasTheCommandsWithTheirDescriptions() async throws {
        try await self.run { _, admin in
            let target = "Str[i]=Device-name. Str[i+1]=Target-type::Target-name"
            let level = "Lg[i]=Logging Level. Str[i]=Device name."
            for (name, inType, outType, inText, outText) in [
                ("AddLoggingTarget", DataType.stringArray, DataType.void, target, "Uninitialised"),
                ("RemoveLoggingTarget", .stringArray, .void, target, "Uninitialised"),
                ("GetLoggingTarget", .string, .stringArray, "Device name", "Logging target list"),
                ("GetLoggingLevel", .stringArray, .longStringArray, "Device list", level),
                ("SetLoggingLevel", .longStringArray, .void, level, "Uninitialised"),
                ("StartLogging", .void, .void, "Uninitialised", "Uninitialised"),
                ("StopLogging", .void, .void, "Uninitialised", "Uninitialised"),
            ] {
                let info = try await admin.commandInfo(name)
                #expect(info.inType == inType && info.outType == outType, "\(name)")
                #expect(info.inDescription == inText && info.outDescription == outText, "\(name)")
            }
        }
    }

    @Test func levelsAreSetByNameAndByPattern() async throws {
        try await self.run { _, admin in
            let names = ["t/a/1", "T/A/2", "dserver/Test/test"]
            #expect(try await self.levels(admin) == LongStringArray(longs: [3, 3, 0], strings: names))
            try await self.set(admin, [5, 4], ["T/a/1", "*2"])
            #expect(try await self.levels(admin) == LongStringArray(longs: [5, 4, 0], strings: names))
            try await self.set(admin, [1, 2], ["nobody", "no*body"])
            #expect(try await self.levels(admin) == LongStringArray(longs: [5, 4, 0], strings: names))
            #expect(
                try await self.levels(admin, ["t/A/1", "unknown", "dserver/*", "t/a/1"])
                    == LongStringArray(longs: [5, 0, 5], strings: ["t/a/1", "dserver/Test/test", "t/a/1"]))
            #expect(try await self.levels(admin, []) == LongStringArray(longs: [], strings: []))
        }
    }

    @Test func wrongLevelsAreRefused() async throws {
        try await self.run { (_, admin) async throws in
            for (levels, devices, reason, text) in [
                (
                    [6], ["t/a/1"], "API_MethodArgument",
                    "Invalid argument for command,                                      logging level out of range"
                ),
                (
                    [-1], ["nobody"], "API_MethodArgument",
                    "Invalid argument for command,                                      logging level out of range"
                ),
                (
                    [1, 2], ["t/a/1"], "API_IncompatibleCmdArgumentType",
                    "Imcompatible command argument type,                                    long and string arrays must have the same length"
                ),
                (
                    [], ["t/a/1"], "API_IncompatibleCmdArgumentType",
                    "Imcompatible command argument type,                                    long and string arrays must have the same length"
                ),
            ] as [([Int32], [String], ErrorReason, String)] {
                let failure = await admin.commandFailure(
                    "SetLoggingLevel", .longStringArray(LongStringArray(longs: levels, strings: devices)))
                #expect(failure?.errors.map(\.reason) == [reason] && failure?.reasonDescription == text)
                #expect(failure?.errors.first?.origin == "Logging::set_logging_level")
            }
            // What stands before the wrong one is done.
            #expect(
                await admin.commandFailure(
                    "SetLoggingLevel", .longStringArray(LongStringArray(longs: [1, 9], strings: ["t/a/1", "t/a/1"])))
                    != nil)
            #expect(try await self.levels(admin, ["t/a/1"])?.longs == [1])
        }
    }

    @Test func stopLoggingSwitchesOffAndStartLoggingRestores() async throws {
        try await self.run { _, admin in
            try await self.set(admin, [5, 1], ["t/a/1", "t/a/2"])
            try await admin.command("StopLogging")
            #expect(try await self.levels(admin)?.longs == [0, 0, 0])
            try await admin.command("StartLogging")
            #expect(try await self.levels(admin)?.longs == [5, 1, 0])
        }
    }

    @Test func targetsAreAddedListedAndRemoved() async throws {
        try await self.withFolder { folder in
            try await self.run { test, admin in
                #expect(try await self.targets(admin) == [])
                for target in ["file::\(folder)/B.log", "CONSOLE", "console::x", "file::\(folder)/a.log", "file::\(folder)/b.log"] {
                    try await admin.command("AddLoggingTarget", .stringArray(["T/A/1", target]))
                }
                #expect(try await self.targets(admin, "T/a/1") == ["console::cout", "file::\(folder)/a.log", "file::\(folder)/b.log"])
                #expect(try await self.targets(admin, "t/a/2") == [])
                for target in ["console::anything", "file::nothing", "device", "device::*", "device::zz", "file::\(folder)/A.log"] {
                    try await admin.command("RemoveLoggingTarget", .stringArray(["t/a/*", target]))
                }
                #expect(try await self.targets(admin) == ["file::\(folder)/b.log"])
                try await admin.command("RemoveLoggingTarget", .stringArray(["*", "file::*"]))
                #expect(try await self.targets(admin) == [])
                try await admin.command("AddLoggingTarget", .stringArray(["*", "console"]))
                for name in ["t/a/1", "t/a/2", test.server.adminName] { #expect(try await self.targets(admin, name) == ["console::cout"]) }
                for command in ["AddLoggingTarget", "RemoveLoggingTarget"] { try await admin.command(command, .stringArray([])) }
            }
        }
    }

    private static let wrongTargets: [(String, [String], ErrorReason, String)] = [
        ("AddLoggingTarget", ["t/a/1"], "API_MethodArgument", "Incorrect number of inout arguments"),
        ("AddLoggingTarget", ["No/Such/dev", "console"], "API_DeviceNotFound", "No device name matching pattern  <no/such/dev>"),
        ("AddLoggingTarget", ["no*such", "x"], "API_DeviceNotFound", "No device name matching pattern  <no*such>"),
        ("AddLoggingTarget", ["t/a/1", "X::y"], "API_MethodArgument", "Invalid logging target type specified (x)"),
        ("AddLoggingTarget", ["t/a/1", ""], "API_MethodArgument", "Invalid logging target type specified ()"),
        ("AddLoggingTarget", ["t/a/1", "file:/x"], "API_MethodArgument", "Invalid logging target type specified (file:/x)"),
        ("AddLoggingTarget", ["t/a/1", "device"], "API_MethodArgument", "Device target name must be specified (no default value)"),
        ("AddLoggingTarget", ["t/a/1", "device::"], "API_MethodArgument", "Device target name must be specified (no default value)"),
        ("AddLoggingTarget", ["t/a/1", "file::/NoSuch/dir/x"], "API_CannotOpenFile", "Could not open logging file /nosuch/dir/x"),
        ("AddLoggingTarget", ["t/a/1", "file::/"], "API_CannotOpenFile", "Could not open logging file /"),
        (
            "AddLoggingTarget", ["t/a/1", "device::tango://127.0.0.1:1/a/b/c#dbase=no"], "API_ConnectionFailed",
            "Could not connect to log consumer tango://127.0.0.1:1/a/b/c#dbase=no"
        ),
        ("RemoveLoggingTarget", ["t/a/1"], "API_WrongNumberOfArgs", "Incorrect number of inout arguments"),
        ("RemoveLoggingTarget", ["no/such", "console"], "API_DeviceNotFound", "No device name matching pattern  <no/such>"),
        ("RemoveLoggingTarget", ["t/a/1", "X"], "API_MethodArgument", "Logging target type <x> not supported"),
        ("RemoveLoggingTarget", ["t/a/1", "*"], "API_MethodArgument", "Logging target type <*> not supported"),
    ]

    @Test func wrongTargetsAreRefused() async throws {
        try await self.run { (_, admin) async throws in
            for (command, strings, reason, text) in Self.wrongTargets {
                let failure = await admin.commandFailure(command, .stringArray(strings))
                #expect(failure?.errors.map(\.reason) == [reason] && failure?.reasonDescription == text, "\(command) \(strings)")
            }
            let failure = await admin.commandFailure("GetLoggingTarget", .string("No/Such/Dev"))
            #expect(failure?.errors.map(\.reason) == [.deviceNotFound, .deviceNotFound])
            #expect(failure?.errors.map(\.description) == Array(repeating: "Device No/Such/Dev not found", count: 2))
            #expect(failure?.errors.map(\.origin) == ["Util::get_device_by_name()", "Logging::get_logging_target"])
            #expect(try await self.targets(admin) == [])
        }
    }

    // MARK: - Files

    @Test func recordsReachTheFileOfTheirDevice() async throws {
        try await self.withFolder { folder in
            try await self.run { test, admin in
                for number in 1...2 {
                    try await admin.command("AddLoggingTarget", .stringArray(["t/a/\(number)", "file::\(folder)/\(number).log"]))
                }
                let (first, second) = (try await test.device(), try await test.device("t/a/2"))
                for level in ["debug", "info", "warning", "critical"] {
                    try await first.command("Say", .stringArray([level, "first \(level)"]))
                }
                try await self.set(admin, [5], ["t/a/2"])
                try await second.command("Say", .stringArray(["trace", "second"]))
                await test.server.context?.log.writer.flush()
                #expect(
                    try self.events("\(folder)/1.log") == [
                        .init(logger: "t/a/1", level: "WARN", message: "first warning"),
                        .init(logger: "t/a/1", level: "FATAL", message: "first critical"),
                    ])
                #expect(try self.events("\(folder)/2.log") == [.init(logger: "t/a/2", level: "DEBUG", message: "second")])
                // A removed target is written no more.
                try await admin.command("RemoveLoggingTarget", .stringArray(["*", "file::*"]))
                try await second.command("Say", .stringArray(["error", "third"]))
                await test.server.context?.log.writer.flush()
                #expect(try self.events("\(folder)/2.log").count == 1)
            }
        }
    }

    @Test func devicesMayShareAFile() async throws {
        try await self.withFolder { folder in
            try await self.run { test, admin in
                try await admin.command("AddLoggingTarget", .stringArray(["t/a/*", "file::\(folder)/all.log"]))
                for number in 1...2 { try await test.device("t/a/\(number)").command("Say", .stringArray(["error", "\(number)"])) }
                try await admin.command("RemoveLoggingTarget", .stringArray(["t/a/1", "file::\(folder)/all.log"]))
                for number in 1...2 { try await test.device("t/a/\(number)").command("Say", .stringArray(["error", "\(number) again"])) }
                await test.server.context?.log.writer.flush()
                #expect(try self.events("\(folder)/all.log").map(\.message) == ["1", "2", "2 again"])
            }
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskDoesNotStopADevice() async throws {
        try await self.run { test, admin in
            try await admin.command("AddLoggingTarget", .stringArray(["t/a/1", "file::/dev/full"]))
            let device = try await test.device()
            for _ in 0..<10 { try await device.command("Say", .stringArray(["error", "lost"])) }
            await test.server.context?.log.writer.flush()
            #expect(try await device.state() == .on)
            #expect(try await self.targets(admin) == ["file::/dev/full"])
        }
    }

    // MARK: - Start

    private func propertyFile(_ folder: String, _ lines: [String]) throws -> ServerArguments.Source {
        let path = "\(folder)/properties"
        try (lines + [""]).joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return .file(path)
    }

    @Test func propertiesGiveLevelTargetsAndFolder() async throws {
        try await self.withFolder { folder in
            let source = try self.propertyFile(
                folder,
                [
                    "Test/test/DEVICE/Talker: \"t/a/1\", \"t/a/2\"", "Test/test/DEVICE/Failing: \"t/f/1\"",
                    "dserver/Test/test->logging_path: \"\(folder)/logs\"", "dserver/Test/test->logging_level: error",
                    "t/a/1->logging_level: info", "t/a/1->logging_target: file, \"console::cout\", nonsense, \"file::/nosuch/x\"",
                    "t/a/1->logging_rft: 600", "t/f/1->logging_level: ERROR", "t/f/1->logging_target: \"file::broken.log\"",
                ])
            let classes = [DeviceClass("Failing", Failing.self), Talker.deviceClass]
            try await TestServer.run(classes, devices: [], source: source) { test in
                let admin = try await test.admin()
                // Class by class, whatever the order of the devices.
                #expect(
                    try await self.levels(admin)
                        == LongStringArray(longs: [2, 4, 0, 2], strings: ["t/f/1", "t/a/1", "t/a/2", "dserver/Test/test"]))
                let path = "\(folder)/logs/Test/test/t_a_1.log"
                #expect(try await self.targets(admin) == ["console::cout", "file::\(path)"])
                await test.server.context?.log.writer.flush()
                #expect(try self.events(path) == [.init(logger: "t/a/1", level: "INFO", message: "made")])
                // What the kernel has to say of a device is in that device's log.
                let broken = try self.events("\(folder)/logs/Test/test/broken.log")
                #expect(broken.map(\.level) == ["ERROR"] && broken[0].message.contains("the crystal is cracked"))

                // Nothing of it is written to the properties, and DevRestart goes back to them (Compatibility 20.1).
                try await self.set(admin, [5], ["t/a/1"])
                try await admin.command("RemoveLoggingTarget", .stringArray(["t/a/1", "console"]))
                try await admin.command("AddLoggingTarget", .stringArray(["t/a/1", "file::other.log"]))
                try await admin.command("DevRestart", .string("t/a/1"))
                #expect(try await self.levels(admin, ["t/a/1"])?.longs == [4])
                #expect(try await self.targets(admin) == ["console::cout", "file::\(path)"])
                try await self.set(admin, [1], ["t/a/1"])
                try await test.device().command("Init")
                #expect(try await self.levels(admin, ["t/a/1"])?.longs == [1])
            }
        }
    }

    @Test func verbosityGivesEveryDeviceALevelAndTheConsole() async throws {
        for (verbosity, level, admin) in [(1, 4, 0), (2, 4, 0), (3, 5, 0), (4, 5, 0), (5, 5, 5)] as [(Int, Int32, Int32)] {
            try await TestServer.run([Talker.deviceClass], devices: ["t/a/1"], verbosity: verbosity) { test in
                let proxy = try await test.admin()
                #expect(try await self.levels(proxy)?.longs == [level, admin])
                #expect(try await self.targets(proxy) == ["console::cout"])
                #expect(try await self.targets(proxy, test.server.adminName) == (admin > 0 ? ["console::cout"] : []))
            }
        }
    }

    @Test func restartServerMakesTheLogsAnew() async throws {
        try await self.run { test, admin in
            try await self.set(admin, [5], ["*"])
            try await admin.command("AddLoggingTarget", .stringArray(["*", "console"]))
            try await admin.command("Init")
            #expect(try await self.levels(admin)?.longs == [3, 3, 0])
            #expect(try await self.targets(admin) == [])
        }
    }

    @Test func whatTheKernelHasToSayIsHeardWithoutATarget() async throws {
        let memory = MemoryLogHandler()
        var logger = Logger(label: "test") { _ in memory }
        logger.logLevel = .warning
        try await TestServer.run([DeviceClass("Failing", Failing.self)], devices: ["t/f/1"], logger: logger) { _ in
            #expect(memory.lines.count == 1)
            #expect(memory.lines.first?.hasPrefix("initialization failed device=t/f/1 error=") == true, "\(memory.lines)")
        }
    }

    // MARK: - Log devices

    private func withConsumer(
        isSlow: Bool = false, _ body: (TestServer, DeviceProxy, Consumer, _ target: String) async throws -> Void
    ) async throws {
        let consumer = Consumer()
        try await TestServer.run([consumer.deviceClass(isSlow: isSlow)], devices: ["l/c/1"]) { logs in
            try await self.run { test, admin in
                let target = "tango://127.0.0.1:\(logs.server.port)/l/c/1#dbase=no"
                try await body(test, admin, consumer, target)
            }
        }
    }

    @Test func aLogDeviceReceivesEverythingInOrder() async throws {
        try await self.withConsumer { test, admin, consumer, target in
            try await admin.command("AddLoggingTarget", .stringArray(["T/A/2", "device::\(target)"]))
            #expect(try await self.targets(admin, "t/a/2") == ["device::\(target)"])
            let device = try await test.device("t/a/2")
            for number in 0..<20 { try await device.command("Say", .stringArray(["error", "number \(number)"])) }
            try await admin.command("RemoveLoggingTarget", .stringArray(["t/a/2", "device::\(target)"]))
            try await eventually { consumer.all.last?.first == "UnRegister" }
            let calls = consumer.all
            #expect(calls.first == ["Register", "t/a/2"] && calls.last == ["UnRegister", "t/a/2"])
            let logs = calls.dropFirst().dropLast()
            #expect(logs.map { $0.count } == Array(repeating: 7, count: 20))
            #expect(logs.map { $0[4] } == (0..<20).map { "number \($0)" })
            let record = try #require(logs.first)
            #expect(record[0] == "Log" && record[2] == "ERROR" && record[3] == "t/a/2" && record[5] == "" && record[6].hasPrefix("@"))
            #expect(abs((Double(record[1]) ?? 0) / 1000 - Timestamp.now.timeInterval) < 60)
        }
    }

    @Test func aServerThatStopsTellsTheLogDevice() async throws {
        let consumer = Consumer()
        try await TestServer.run([consumer.deviceClass()], devices: ["l/c/1"]) { logs in
            let target = "device::tango://127.0.0.1:\(logs.server.port)/l/c/1#dbase=no"
            try await self.run { test, admin in
                try await admin.command("AddLoggingTarget", .stringArray(["t/a/1", target]))
                try await test.device().command("Say", .stringArray(["error", "last"]))
            }
            #expect(consumer.all.map(\.first) == ["Register", "Log", "UnRegister"])
        }
    }

    @Test func aLogDeviceThatHangsCostsRecordsAndNothingElse() async throws {
        try await self.withConsumer(isSlow: true) { test, admin, consumer, target in
            try await admin.command("AddLoggingTarget", .stringArray(["t/a/1", "device::\(target)"]))
            let log = try test.context().runtime.log
            guard case .device(let device)? = log.targets.first?.output else {
                Issue.record("no log device")
                return
            }
            let logger = try test.context().logger
            for number in 0..<2500 { logger.error("\(number)") }
            let lost = device.lostCount
            #expect(lost > 0 && lost < 2500)
            // Requests are served meanwhile.
            try await test.device().command("Say", .stringArray(["error", "one more"]))
            consumer.gate.open()
            try await eventually { consumer.all.count > 1000 }
            logger.error("after")
            try await eventually { consumer.all.contains { $0.last(where: { $0 == "after" }) != nil } && device.lostCount == 0 }
            #expect(consumer.all.contains { $0.count == 7 && $0[4].hasSuffix(" records were lost") && $0[2] == "WARN" })
        }
    }

    @Test func aLogDeviceThatIsGoneIsRemoved() async throws {
        try await self.run { test, admin in
            let consumer = Consumer()
            try await TestServer.run([consumer.deviceClass()], devices: ["l/c/1"]) { logs in
                let target = "device::tango://127.0.0.1:\(logs.server.port)/l/c/1#dbase=no"
                try await admin.command("AddLoggingTarget", .stringArray(["t/a/1", target, "t/a/2", "console"]))
                #expect(try await self.targets(admin) == [target])
            }
            try await test.device().command("Say", .stringArray(["error", "nobody hears it"]))
            #expect(try await self.targets(admin) == [])
            #expect(try await self.targets(admin, "t/a/2") == ["console::cout"])
        }
    }

    /// Without this, one record would become endless many.
    @Test func aLogDeviceDoesNotLogToItself() async throws {
        let log = DeviceLog(source: "l/c/1", level: .debug, saved: .debug)
        let device = LogDevice("l/c/1", source: "l/c/1", system: nil)
        log.add(DeviceLog.Target(name: "device::l/c/1", output: .device(device)))
        await device.end()
        log.write(.error, "to nobody")
        #expect(device.lostCount == 0)
    }
}
