import TangoCore
import Testing

@testable import TangoServer

struct ArgumentTests {
    private func parse(_ line: String) throws(ServerStartError) -> ServerArguments {
        try ServerArguments(parsing: line.split(separator: " ").map(String.init), program: "Srv")
    }

    @Test func theDatabaseIsTheDefault() throws {
        let arguments = try self.parse("inst")
        #expect(arguments == ServerArguments(instance: "inst"))
        #expect(arguments.source == .database && arguments.verbosity == 0 && arguments.endPoint == nil)
    }

    @Test(arguments: [("-v", 4), ("-v1", 1), ("-v5", 5), ("-v0", 0)])
    func traceLevels(option: String, level: Int) throws {
        #expect(try self.parse("inst \(option)").verbosity == level)
    }

    @Test func withoutDatabase() throws {
        let arguments = try self.parse(
            "inst -nodb -dlist a/b/c,Cls::d/e/f -ORBendPoint giop:tcp:127.0.0.1:1234 -ORBendPointPublish giop:tcp:host:99")
        #expect(arguments.source == .none([.init(name: "a/b/c"), .init(name: "d/e/f", deviceClass: "Cls")]))
        #expect(arguments.endPoint == .init(host: "127.0.0.1", port: 1234))
        #expect(arguments.publishedEndPoint == .init(host: "host", port: 99))
        #expect(try self.parse("inst -ORBendPoint giop:tcp:[::1]:1234").endPoint == .init(host: "::1", port: 1234))
        #expect(try self.parse("inst -nodb -ORBendPoint giop:tcp::").source == .none([]))
        #expect(try self.parse("inst -file=/a/b.txt -ORBendPoint giop:tcp::0").source == .file("/a/b.txt"))
    }

    @Test(arguments: [
        ("[::1]:1234", ServerArguments.EndPoint(host: "::1", port: 1234)), ("[fe80::1%eth0]:", .init(host: "fe80::1%eth0", port: 0)),
        ("[::]", .init(host: "::", port: 0)), ("host", .init(host: "host", port: 0)), ("host:", .init(host: "host", port: 0)),
        ("10.0.0.1:7", .init(host: "10.0.0.1", port: 7)),
    ])
    func endPointsMayBeIPv6(_ text: String, _ endPoint: ServerArguments.EndPoint) throws {
        let arguments = try self.parse("inst -nodb -ORBendPoint giop:tcp:\(text) -ORBendPointPublish giop:tcp:\(text)")
        #expect(arguments.endPoint == endPoint && arguments.publishedEndPoint == endPoint)
    }

    @Test(arguments: ["[::1", "[]:5", "[::1]5", "::1:5", "host:5:6", "host:-1", "[::1]:x"])
    func whatIsNoEndPointIsRefused(_ text: String) {
        let error = #expect(throws: ServerStartError.self) { try self.parse("inst -nodb -ORBendPoint giop:tcp:\(text)") }
        #expect(error?.description == "Invalid end point giop:tcp:\(text) (giop:tcp:<host>:<port>)")
    }

    @Test func optionsOfOthersAreLeftAlone() throws {
        let arguments = try self.parse("inst -dbg -ORBtraceLevel 10 -x something")
        #expect(arguments == ServerArguments(instance: "inst"))
    }

    private static let usage = "usage :  Srv instance_name [-v[trace level]] [-file=<file_name> | -nodb [-dlist <device name list>] ]"

    private static let wrong: [(String, String)] = [
        ("", usage), ("-v", usage), ("inst -nodb -file=x -ORBendPoint giop:tcp::1", usage),
        ("inst -nodb", "Missing ORB endPoint specification\n" + usage),
        ("inst -file=x", "Missing ORB endPoint specification\n" + usage), ("inst -nothing", "Unknown option -nothing\n" + usage),
        ("inst -fast", "Unknown option -fast\n" + usage), ("inst -dx", "Unknown option -dx\n" + usage),
        ("inst -dlist a/b/c", "The -dlist option is only supported with -nodb\n" + usage),
        ("inst -nodb -dlist a/b/c,A/B/C -ORBendPoint giop:tcp::1", "Each device must have different name"),
        (
            "inst -nodb -dlist Cls::a/b -ORBendPoint giop:tcp::1",
            "Device name Cls::a/b does not have the correct syntax (domain/family/member or ClassName::domain/family/member)"
        ),
        ("inst -nodb -ORBendPoint", "Option -ORBendPoint needs a value\n" + usage),
        ("inst -nodb -ORBendPoint giop:udp::1", "Invalid end point giop:udp::1 (giop:tcp:<host>:<port>)"),
        ("inst -ORBendPoint giop:tcp:[::1:70", "Invalid end point giop:tcp:[::1:70 (giop:tcp:<host>:<port>)"),
        ("inst -nodb -ORBendPoint giop:tcp::70000", "Invalid end point giop:tcp::70000 (giop:tcp:<host>:<port>)"),
        (String(repeating: "i", count: 252), "The device server name is too long! Max length is 255 characters"),
    ]

    @Test(arguments: wrong)
    func whatIsWrongIsSaid(line: String, text: String) {
        let error = #expect(throws: ServerStartError.self) { try self.parse(line) }
        #expect(error?.description == text)
        #expect(error?.status == 255)
    }

    @Test(arguments: ["-?", "-h", "-help"])
    func theListOfInstancesIsRequestedAlone(option: String) throws {
        #expect(try self.parse(option).listsInstances)
        #expect(throws: ServerStartError.self) { try self.parse("\(option) inst") }
    }
}
