import ArgumentParser
import TangoClient
import TangoCore
import Testing

@testable import TangoCLI

private struct Root: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "tango", subcommands: ClientCommands.subcommands)
}

struct CommandLineTests {
    private static func parse<T>(_ words: [String], as type: T.Type = T.self) throws -> T {
        try #require(try Root.parseAsRoot(words) as? T)
    }

    private static func status(_ words: [String]) -> Int32? {
        do {
            _ = try Root.parseAsRoot(words)
            return nil
        } catch {
            return Root.exitCode(for: error).rawValue
        }
    }

    @Test func everyCommandIsThereAndTakesTheCommonOptions() throws {
        let names = [
            "list", "info", "state", "attributes", "commands", "properties", "read", "write", "command", "ping", "pipe", "blackbox",
        ]
        #expect(ClientCommands.subcommands.map { $0.configuration.commandName } == names)
        for name in names {
            let arguments = name == "command" ? ["a/b/c", "Init"] : name == "list" ? [] : ["a/b/c"]
            let command = try Self.parse(
                [name] + arguments + ["--tango-host", "db:10000", "--timeout", "1.5", "--json", "--no-color"], as: (any ClientCommand).self)
            #expect(command.common.tangoHost == TangoHost(host: "db", port: 10000))
            #expect(command.common.timeout == 1.5)
            #expect(command.common.json && command.common.noColor)
        }
    }

    @Test(arguments: [
        ["read"], ["state"], ["state", "a/b/c", "d/e/f"], ["state", "a/b/c", "--tango-host", "nowhere"],
        ["state", "a/b/c", "--timeout", "0"],
        ["state", "a/b/c", "--timeout", "nan"], ["ping", "a/b/c", "-n", "0"], ["blackbox", "a/b/c", "-n", "-1"], ["nothing"],
        ["command", "a/b/c"],
        ["properties", "a/b/c", "--delete"], ["properties", "a/b/c", "--set", "x"], ["properties", "a/b/c", "--set", "=1"],
        ["properties", "a/b/c", "x", "--set", "y=1"], ["read", "a/b/c/x", "--source", "moon"],
    ])
    func wrongUsageIsStatus64(words: [String]) {
        #expect(Self.status(words) == 64)
    }

    @Test(arguments: [
        (["-5"], ["x", "-5"]), (["1", "-2", "3", "-4.5e-3"], ["x", "1", "-2", "3", "-4.5e-3"]), (["-inf"], ["x", "-inf"]),
        (["[-1, -2]"], ["x", "[-1, -2]"]),
        (["--", "--json"], ["x", "--json"]), (["--json", "-1"], ["x", "-1"]), (["-0x10", "--timeout", "2", "-7"], ["x", "-0x10", "-7"]),
    ])
    func negativeNumbersAreValuesNotOptions(words: [String], expected: [String]) throws {
        let write: WriteCommand = try Self.parse(["write", "a/b/c", "x"] + words)
        #expect(write.device == "a/b/c")
        #expect(Typed.words(write.rest) == expected)
        let command: RunCommand = try Self.parse(["command", "a/b/c", "x"] + words)
        #expect(command.name == "x")
        #expect(["x"] + Typed.words(command.arguments) == expected)
    }

    @Test func countsAndIntervalsAreRead() throws {
        let ping: PingCommand = try Self.parse(["ping", "a/b/c", "-n", "5", "--interval", "0"])
        #expect(ping.number == 5 && ping.interval == 0)
        let list: ListCommand = try Self.parse(["list", "--exported"])
        #expect(list.wildcard == "*" && list.exported)
    }

    @Test func propertiesOfTheSameNameAreOneAssignment() throws {
        let found = try PropertiesCommand.assignments(["a=1", "b==x", "A=é", "c="])
        #expect(found.map(\.name) == ["a", "b", "c"])
        #expect(found.map(\.values) == [["1", "é"], ["=x"], [""]])
    }

    @Test func targetsAreGroupedByDevice() throws {
        #expect(try AttributeTargets.parse(["a/b/c", "x", "y"]) == [.init(device: "a/b/c", attributes: ["x", "y"])])
        #expect(try AttributeTargets.parse(["a/b/c/x"]) == [.init(device: "a/b/c", attributes: ["x"])])
        #expect(try AttributeTargets.parse(["a/b/c/x", "A/B/C/y", "z"]) == [.init(device: "a/b/c", attributes: ["x", "y", "z"])])
        #expect(
            try AttributeTargets.parse(["a/b/c/x", "d/e/f/y"]) == [
                .init(device: "a/b/c", attributes: ["x"]), .init(device: "d/e/f", attributes: ["y"]),
            ])
        #expect(try AttributeTargets.parse(["motor"]) == [.init(device: "motor", attributes: [])])
        #expect(try AttributeTargets.parse(["motor/x", "y"]) == [.init(device: "motor", attributes: ["x", "y"])])
        #expect(
            try AttributeTargets.parse(["tango://db:1/a/b/c/x#dbase=no"]) == [
                .init(device: "tango://db:1/a/b/c#dbase=no", attributes: ["x"])
            ])
        #expect(throws: DevFailed.self) { try AttributeTargets.parse(["a/b/c/d/e"]) }
    }

    @Test func aMemberIsNamedInEitherForm() throws {
        let joined = try AttributeTargets.single("a/b/c/x", ["1", "2"])
        #expect(joined.device == "a/b/c" && joined.member == "x" && joined.rest == ["1", "2"])
        let apart = try AttributeTargets.single("a/b/c", ["x", "1"])
        #expect(apart.device == "a/b/c" && apart.member == "x" && apart.rest == ["1"])
        #expect(try AttributeTargets.single("a/b/c", []).member == nil)
    }

    @Test func completionFindsTheDeviceAndTheDatabase() {
        let words = ["tango", "read", "--tango-host", "db:1", "a/b/c", "x"]
        #expect(Completion.device(in: words) == "a/b/c")
        #expect(Completion.host(in: words) == TangoHost(host: "db", port: 1))
        #expect(Completion.host(in: ["tango", "read", "--tango-host"]) == nil)
        #expect(Completion.device(in: ["tango", "read"]) == nil)
    }
}

struct TableContentTests {
    private static let reading = ReadResult(
        device: "a/b/c",
        value: AttributeValue(
            name: "x", data: .double([1.5, 2.5]), format: .scalar, type: .double, time: Timestamp(seconds: 0, microseconds: 0),
            readDimension: .scalar, writeDimension: .scalar),
        config: AttributeConfig(
            name: "X", writable: .readWrite, format: .scalar, typeNumber: DataType.double.rawValue, unit: "µm"))

    @Test func aReadingHasValueSetValueUnitQualityAndTime() {
        let table = ReadResult.table([Self.reading], isPrefixed: false, width: nil)
        #expect(Terminal.plain.text(table) == "x\t1.5\t2.5\tµm\tATTR_VALID\t1970-01-01T00:00:00.000000Z")
        let prefixed = ReadResult.table([Self.reading], isPrefixed: true, width: nil)
        #expect(Terminal.plain.text(prefixed).hasPrefix("a/b/c/x\t"))
        #expect(
            Self.reading.document.indentedText == """
                {
                  "device": "a/b/c",
                  "name": "x",
                  "value": 1.5,
                  "set": 2.5,
                  "unit": "µm",
                  "type": "DevDouble",
                  "format": "SCALAR",
                  "quality": "ATTR_VALID",
                  "time": "1970-01-01T00:00:00.000000Z"
                }
                """)
    }

    @Test func aLongSpectrumIsWholeWhenPipedAndFitsTheTerminal() {
        let numbers = (0..<2000).map { Int32($0) }
        let reading = ReadResult(
            device: "a/b/c",
            value: AttributeValue(
                name: "s", data: .long(numbers), format: .spectrum, type: .long, time: .zero, readDimension: .init(x: 2000)))
        #expect(Terminal.plain.text(ReadResult.table([reading], isPrefixed: false, width: nil)).contains("1998, 1999]"))
        let terminal = Terminal(isTerminal: true, usesColor: false, width: 100)
        let lines = terminal.text(ReadResult.table([reading], isPrefixed: false, width: 100)).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].contains("…] (2000)"))
        #expect(lines.allSatisfy { String($0).displayWidth <= 100 })
    }

    @Test func anEnumerationShowsItsLabelAndAFailureItsErrors() {
        let config = AttributeConfig(
            name: "m", writable: .read, format: .scalar, typeNumber: DataType.enum.rawValue, enumLabels: ["LOW", "HIGH"])
        let value = AttributeValue(name: "m", data: .short([1]), format: .scalar, type: .enum, time: .zero, readDimension: .scalar)
        #expect(ReadResult(device: "d", value: value, config: config).text(width: nil) == "HIGH")
        #expect(ReadResult(device: "d", value: value, config: nil).text(width: nil) == "1")
        let failed = ReadResult(
            device: "d", value: AttributeValue(name: "m", failure: DevFailed("R", "why", origin: "o"), time: .zero), config: nil)
        #expect(failed.document.indentedText.contains(#""reason": "R""#))
        let invalid = AttributeValue(
            name: "m", data: .none, quality: .invalid, format: .scalar, type: .double, time: .zero, readDimension: .zero)
        #expect(ReadResult(device: "d", value: invalid, config: nil).json == .null)
        #expect(ReadResult(device: "d", value: invalid, config: nil).text(width: nil) == "")
    }

    @Test func pipesAreIndentedOnATerminalAndNamedByPathElsewhere() {
        let inner = PipeBlob(name: "in", elements: [.init(name: "y", content: .value(.long([1, 2]), isArray: true))])
        let blob = PipeBlob(
            name: "b",
            elements: [.init(name: "x", content: .value(.string(["s"]), isArray: false)), .init(name: "i", content: .blob(inner))])
        #expect(
            Terminal.plain.text(PipeText.table(blob, isIndented: false, width: nil)) == "x\tDevString\ts\ni/y\tDevVarLongArray\t[1, 2]")
        let terminal = Terminal(isTerminal: true, usesColor: false)
        #expect(
            terminal.text(PipeText.table(blob, isIndented: true, width: 80)) == """
                NAME  TYPE             VALUE
                x     DevString        s
                i     DevPipeBlob      in
                  y   DevVarLongArray  [1, 2]
                """)
        #expect(PipeText.json(inner).indentedText.contains(#""value": [1, 2]"#))
    }

    @Test func propertiesAreALineEachWhenPiped() {
        let properties = [
            DatabaseProperty(name: "p", values: ["1", "2"]), DatabaseProperty(name: "q", values: nil),
            DatabaseProperty(name: "r", values: []),
        ]
        #expect(Terminal.plain.text(PropertiesCommand.table(properties, .plain)) == "p\t1\t2\nr")
        let terminal = Terminal(isTerminal: true, usesColor: false)
        #expect(terminal.text(PropertiesCommand.table(properties, terminal)) == "p  1\n   2\nr")
        #expect(PropertiesCommand.json(properties).indentedText == "{\n  \"p\": [\"1\", \"2\"],\n  \"q\": null,\n  \"r\": []\n}")
    }

    @Test func theDatabaseAndTheDeviceTellAboutADevice() {
        let info = DatabaseDeviceInfo(
            name: "a/b/c", isExported: false, ior: "", version: "5", pid: 0, server: "S/i", host: "h", deviceClass: "C", started: "?",
            stopped: "?")
        let fields = InfoField.fields(info, alias: "nick")
        #expect(fields.map(\.name) == ["alias", "class", "server", "exported", "started", "stopped"])
        #expect(Terminal.plain.text(InfoField.table(fields)).hasPrefix("alias\tnick\nclass\tC\nserver\tS/i\nexported\tno\n"))
        let device = DeviceInfo(
            deviceClass: "C", serverID: "S/i", serverHost: "h", serverVersion: 6, documentationURL: "u",
            versions: [.init(key: "k", value: "v")])
        #expect(InfoField.fields(device, description: "d").last == InfoField("version of k", "v"))
    }

    @Test func attributesAndCommandsAreListed() {
        let config = AttributeConfig(
            name: "i", writable: .read, format: .image, typeNumber: DataType.uchar.rawValue, maxDimX: 4, maxDimY: 3, description: "d",
            label: "l", unit: "u")
        #expect(Terminal.plain.text(AttributesCommand.table([config])) == "i\tDevUChar\tIMAGE 4x3\tREAD\tOPERATOR\tu\tl\td")
        let command = CommandInfo(name: "Go", inType: .void, outType: .state, inDescription: "in", outDescription: "out")
        #expect(Terminal.plain.text(CommandsCommand.table([command])) == "Go\tDevVoid\tDevState\tOPERATOR\tin\tout")
    }

    @Test func failedPingsAreDistinguished() {
        #expect(PingCommand.summary([.milliseconds(1), .milliseconds(3)]).hasPrefix("2 round trips: least"))
        #expect(PingCommand.summary([.milliseconds(1), nil]).hasPrefix("1 round trips, 1 failed: least"))
        #expect(PingCommand.summary([nil, nil]) == "2 pings, 2 failed")
        #expect(PingCommand.json("a/b/c", [.milliseconds(1), nil]).text == #"{"device":"a/b/c","milliseconds":[1.000,null]}"#)
    }
}
