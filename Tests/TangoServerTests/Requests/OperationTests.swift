import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

private let identity = ClientIdentity.cpp(pid: 42)

private func write(_ name: String, _ number: Double, version: Int) -> AttributeValue {
    AttributeValue(
        name: name, data: .double([number]), format: .unknown, type: nil, time: .zero, readDimension: version < 4 ? .scalar : .zero,
        writeDimension: .scalar)
}

/// Every operation of every interface, and the kind of answer it is to get.
private let calls: [(call: DeviceCall, kind: String)] =
    [
        (.isA("IDL:Tango/Device_6:1.0"), "boolean"), (.nonExistent, "boolean"), (.name, "string"), (.description, "string"),
        (.state, "state"),
        (.status, "string"), (.adminName, "string"), (.ping, "void"), (.blackBox(3), "strings"), (.pipeConfigs(["pipe"]), "pipeConfigs"),
        (.setPipeConfigs([PipeConfig(name: "pipe")], identity: identity), "void"), (.readPipe("pipe", identity: identity), "pipe"),
        (.writePipe(PipeValue(name: "pipe", time: .zero, blob: BenchDevice.blob), identity: identity), "void"),
        (.writeReadPipe(PipeValue(name: "pipe", time: .zero, blob: BenchDevice.blob), identity: identity), "pipe"),
        (.writeReadAttributes([write("number", 1, version: 4)], read: [], identity: identity, version: 4), "attributeValues"),
        (.writeReadAttributes([write("number", 1, version: 5)], read: ["plain"], identity: identity, version: 5), "attributeValues"),
    ] + [1, 3, 6].map { (.info(version: $0), "info") }
    + [1, 2].map { (.commandList(version: $0), "commandInfos") }
    + [1, 2].map { (.commandInfo("Echo", version: $0), "commandInfo") }
    + [1, 2, 4].map {
        (.command("Echo", .double(1), source: .device, identity: $0 >= 4 ? identity : nil, version: $0), "command")
    }
    + [1, 2, 3, 5].map { (.attributeConfigs(["number"], version: $0), "attributeConfigs") }
    + [1, 2, 3, 4, 5].map {
        (.readAttributes(["number", "State"], source: .device, identity: $0 >= 4 ? identity : nil, version: $0), "attributeValues")
    }
    + [1, 3, 4].map { (.writeAttributes([write("number", 1, version: $0)], identity: $0 >= 4 ? identity : nil, version: $0), "void") }

struct OperationTests {
    @Test func everyOperationOfEveryInterfaceIsAnswered() async throws {
        var untested = Set(Operation.allCases)
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            for version in [GIOPVersion.v1_0, .v1_2] {
                for (call, kind) in calls {
                    let result = try await test.call(call, version: version)
                    #expect(String(describing: result).prefix { $0 != "(" } == kind, "\(call)")
                    untested.remove(call.operation)
                }
            }
            let configs = try await test.device().attributeConfigs(["number"])
            for version in [1, 3, 4, 5] {
                let call = DeviceCall.setAttributeConfigs(configs, identity: version >= 4 ? identity : nil, version: version)
                #expect(try await test.call(call) == .void)
                untested.remove(call.operation)
            }
            for (call, reason) in Self.histories {
                guard case .user(.devFailed(let failed)) = await test.failure(call) else {
                    Issue.record("no error for \(call)")
                    continue
                }
                #expect(failed.reason == reason)
                untested.remove(call.operation)
            }
        }
        #expect(untested == [.interface])
    }

    /// Nothing is polled: histories are refused, the old ones that kill other servers too.
    private static let histories: [(DeviceCall, ErrorReason)] =
        [2, 3, 4, 5].map { (.attributeHistory("number", count: 5, version: $0), .attributeNotPolled) }
        + [2, 4].map { (.commandHistory("Nothing", count: 5, version: $0), .commandNotPolled) }

    @Test func interfacesAreReported() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { (test) async throws in
            for name in ["Tango/Device", "omg.org/CORBA/Object"] + (2...6).map({ "Tango/Device_\($0)" }) {
                #expect(try await test.call(.isA("IDL:\(name):1.0")) == .boolean(true), "\(name)")
            }
            #expect(try await test.call(.isA("IDL:Tango/Device_7:1.0")) == .boolean(false))
            #expect(try await test.device().interfaceVersion() == 6)
        }
    }

    @Test func identityIsReported() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["T/a/1"]) { test in
            let device = try await test.device("T/A/1")
            #expect(try await device.reportedName() == "T/a/1")
            #expect(try await device.adminName() == "dserver/Test/test")
            #expect(try await device.deviceDescription() == "A TANGO device")
            let info = try await device.info()
            #expect(info.deviceClass == "Bench" && info.serverID == "Test/test" && info.serverVersion == 6)
            #expect(info.documentationURL == "Doc URL = http://www.tango-controls.org" && info.deviceType == "Uninitialised")
            // Only clients of interface 6 get the versions of libraries.
            #expect(info.versions.map(\.key).contains("idl"))
            guard case .info(let older) = try await test.call(.info(version: 3)) else {
                Issue.record("no info")
                return
            }
            #expect(older.versions.isEmpty && older.serverVersion == 6)
            #expect(try await test.admin().deviceDescription() == "A device server device !!")
        }
    }

    @Test func systemExceptionsHaveTheMinorCodesOfThePeers() async throws {
        func system(_ error: TransportError?) -> SystemException? { if case .system(let exception)? = error { exception } else { nil } }
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            #expect(system(await test.failure(.ping, on: "t/a/2")) == SystemException("OBJECT_NOT_EXIST", minorCode: 0x4f4d_0001))
            #expect(system(await test.failure(.interface)) == SystemException("INTF_REPOS", minorCode: 0x4154_0027))
            for (bytes, expected) in try Self.rawRequests() {
                #expect(system(await test.raw(bytes)) == expected)
            }
        }
    }

    /// Requests no proper client sends.
    private static func rawRequests() throws -> [([UInt8], SystemException)] {
        func request(_ operation: String, _ arguments: (inout CDRWriter) -> Void) -> [UInt8] {
            var writer = CDRWriter()
            RequestHeader(version: .v1_0, requestID: 2, objectKey: "t/a/1", operation: OperationName(operation)).encode(
                to: &writer, arguments: true)
            arguments(&writer)
            writer.endMessage()
            return writer.finishBytes()
        }
        return [
            (request("info_7") { _ in }, SystemException("BAD_OPERATION", minorCode: 0x4154_0026)),
            (request("command_inout_4") { $0.string("Echo") }, SystemException("MARSHAL", minorCode: 0x4154_000a)),
            (request("read_attributes_5") { $0.uint32(0x7fff_ffff) }, SystemException("MARSHAL", minorCode: 0x4154_000a)),
            (request("command_query_2") { $0.uint32(0) }, SystemException("MARSHAL", minorCode: 0x4154_0016)),
            (
                request("read_attributes_2") {
                    $0.strings(["number"])
                    $0.uint32(9)
                }, SystemException("MARSHAL", minorCode: 0x4154_001a)
            ),
        ]
    }

    @Test func bytesLeftOverCloseTheConnection() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { (test) async throws in
            var writer = CDRWriter()
            RequestHeader(version: .v1_0, requestID: 2, objectKey: "t/a/1", operation: .known(.ping)).encode(to: &writer, arguments: true)
            writer.uint32(1)
            writer.endMessage()
            guard case .connectionLost? = await test.raw(writer.finishBytes()) else {
                Issue.record("still open")
                return
            }
            #expect(try await test.call(.ping) == .void)
        }
    }

    @Test(arguments: [
        ClientIdentity.cpp(pid: 7), .cpp6(pid: 7, traceParent: "00-aa-bb-01", traceState: ""), .java(mainClass: "Main", uuid: (1, 2)),
        .java6(mainClass: "Main", uuid: (1, 2), traceParent: "", traceState: ""),
    ])
    func everyFormOfIdentityIsTaken(identity: ClientIdentity) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let call = DeviceCall.command("Echo", .double(2), source: .device, identity: identity, version: 4)
            #expect(try await test.call(call) == .command(.double(2)))
            let line = try #require(try await test.device().blackBox(1).first)
            let who =
                identity == .cpp(pid: 7) || line.contains("PID")
                ? "localhost (CPP/Python client with PID 7)" : "localhost (Java client with main class Main)"
            #expect(line.hasSuffix("Operation command_inout_4 (cmd = Echo) from device requested from \(who)"))
        }
    }
}
