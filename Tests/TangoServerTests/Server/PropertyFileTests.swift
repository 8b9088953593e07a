import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

private let text = """
    # a comment
    Test/test/DEVICE/Bench: "t/a/1",\\
                            "t/a/2"
    Other/test/DEVICE/Bench: "o/a/1"

    t/a/1->speed: 20
    t/a/1->list: "one, two", three ,\\
       "quoted \\"and\\" \\\\slashed", ""
    CLASS/Bench->doc_url: "http://here/"
    CLASS/Bench->speed: 5
    t/a/1/number->unit: mV
    t/a/1/number->max_value: "4"
    CLASS/Bench/number->label: "from the class"
    t/a/2/plain->min_value: 9
    t/a/2/plain->max_value: 1

    """

struct PropertyFileTests {
    @Test func statementsAreUnderstood() throws {
        let file = try PropertyFile(text, path: "test.db")
        #expect(file.statements.count == 11)
        #expect(file.statements[0] == .init(key: "Test/test/DEVICE/Bench", values: ["t/a/1", "t/a/2"]))
        #expect(file.statements[3].values == ["one, two", "three", "quoted \"and\" \\slashed", ""])
        let data = file.serverData(serverID: "TEST/test")
        #expect(data.devices.map(\.name) == ["t/a/1", "t/a/2"])
        #expect(data.devices[0].configuration.properties["speed"] == ["20"])
        #expect(data.devices[0].configuration.attributeProperties["number"] == ["unit": ["mV"], "max_value": ["4"]])
        #expect(data.devices[1].configuration.classAttributeProperties["number"] == ["label": ["from the class"]])
        #expect(data.classProperties["bench"]?["doc_url"] == ["http://here/"])
    }

    @Test func whatIsWrittenReadsTheSame() throws {
        var file = try PropertyFile(text, path: "test.db")
        file.set("t/a/9/x->y", ["a\nb", "# no comment", "t/a/1", "C:\\dir", "plain"])
        file.set("T/A/1->SPEED", ["21"])
        file.set("t/a/1->list", nil)
        #expect(file.statements.count == 11)
        #expect(try PropertyFile(file.text, path: "").statements == file.statements)
        #expect(try PropertyFile("", path: "").statements.isEmpty)
        #expect(try PropertyFile("a:", path: "").statements == [.init(key: "a", values: [])])
    }

    @Test func anyBeginningOfAFileIsTakenOrRefused() {
        for length in 0..<text.count {
            _ = (try? PropertyFile(String(text.prefix(length)), path: ""))?.serverData(serverID: "Test/test")
        }
    }

    /// As cppTango 9.3.4 says it.
    @Test(arguments: [
        ("a/b/c->x: 1\n\nthis is a line without sense\n", "Error in file at line 3"),
        ("# comment\r\na/b/c->x: 1 2 3\r\n", "Error in file at line 2"), ("a/b/c->x \"4\"", "Error in file at line 1"),
        ("a/b/c->x: 1,\\\n  \"2\n", "String too long at line 2"), ("\n\"a/b/c->x: 1\n", "String too long at line 2"),
    ])
    func aLineThatCannotBeUnderstoodIsNamed(_ text: String, _ problem: String) {
        let error = #expect(throws: ServerStartError.self) { try PropertyFile(text, path: "/some/file.db") }
        #expect(error?.description == "File database: \(problem) in file /some/file.db." && error?.status == 255)
    }

    /// What someone else wrote into the file meanwhile is not lost because one line of it cannot be understood.
    @Test func aFileThatCannotBeUnderstoodIsNotOverwritten() async throws {
        try await TestFolder.with { folder in
            let path = try folder.write("a/b/c->x: 1\nnonsense\n", to: "test.db")
            let storage = PropertyFileStorage(path: path)
            let error = await #expect(throws: DevFailed.self) { try await storage.putProperties("a/b/c", [(name: "x", values: ["2"])]) }
            #expect(error?.reasonDescription == "File database: Error in file at line 2 in file \(path).")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "a/b/c->x: 1\nnonsense\n")
        }
    }

    @Test func aFileThatIsNotThereIsSaidSo() {
        let error = #expect(throws: ServerStartError.self) { try PropertyFile(contentsOf: "/no/such/file") }
        #expect(error?.description == "FILEDATABASE could not open file /no/such/file.")
    }

    @Test func aServerLivesOnAFile() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("tango-\(UUID().uuidString).db").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .isoLatin1)
        for round in 0..<2 {
            try await TestServer.run([BenchDevice.deviceClass()], devices: [], source: .file(path)) { test in
                let (first, second) = (try await test.device(), try await test.device("t/a/2"))
                #expect(try await first.info().documentationURL == "Doc URL = http://here/")
                #expect(try test.context().property("speed") == ["20"])
                #expect(try test.context("t/a/2").property("speed") == ["5"])
                let config = try await first.attributeConfig("number")
                #expect(config.label == "from the class" && config.maxValue == "4" && config.unit == (round == 0 ? "mV" : "kV"))
                // Round one left these in the file.
                #expect(try await first.readAttribute("remembered").setData == .double([round == 0 ? 0 : 2.5]))
                try await first.writeAttribute(AttributeWrite(name: "remembered", data: .double([2.5])))
                #expect(await first.configFailure("number") { $0.unit = "kV" } == nil)
                try await Self.wrongProperties(second, isRepaired: round == 1)
            }
        }
    }

    /// A wrong pair of limits: forced ALARM, the attribute says why, a right configuration repairs it for good.
    private static func wrongProperties(_ device: DeviceProxy, isRepaired: Bool) async throws {
        #expect(try await device.state() == (isRepaired ? .on : .alarm))
        guard !isRepaired else { return }
        #expect(
            try await device.status()
                == "The device is in ALARM state.\nAttribute plain has wrong configuration\nTry accessing the faulty attribute(s) to get more information"
        )
        let failure = await #expect(throws: DevFailed.self) { try await device.readAttribute("plain") }
        #expect(failure?.reason == .attributeConfiguration)
        #expect(
            failure?.reasonDescription == "\nDevice t/a/2-> Attribute : plain\nValue of min_value is greater than or equal to max_value")
        #expect(await device.configFailure("plain") { $0.maxValue = "10" } == nil)
        #expect(try await device.state() == .on)
        #expect(try await device.readAttribute("plain").data == .double([2]))
    }
}
