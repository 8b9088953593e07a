import Foundation
import TangoClient
import TangoCore
import TangoIIOP
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

struct BlackBoxTests {
    @Test func linesShowTheRequests() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            let pid = "localhost (CPP/Python client with PID \(getpid()))"
            let steps: [(() async throws -> Void, String)] = [
                ({ try await device.ping() }, "Operation ping requested from localhost"),
                ({ _ = try await device.info() }, "Operation info_6 requested from localhost"),
                ({ _ = try await device.state() }, "Attribute state requested from localhost"),
                ({ _ = try await device.adminName() }, "Attribute adm_name requested from localhost"),
                ({ _ = try await device.commandList() }, "Operation command_list_query_2 requested from localhost"),
                (
                    { try await device.command("eCHO", .double(1)) },
                    "Operation command_inout_4 (cmd = eCHO) from cache_device requested from \(pid)"
                ),
                (
                    { _ = await device.commandFailure("nope") },
                    "Operation command_inout_4 (cmd = nope) from cache_device requested from \(pid)"
                ),
                (
                    { _ = try await device.readAttributes(["Plain", "nope"], source: .device) },
                    "Operation read_attributes_5 (Plain, nope) from device requested from \(pid)"
                ),
                (
                    { try await device.writeAttribute(AttributeWrite(name: "number", data: .double([1]))) },
                    "Operation write_attributes_4 (number) requested from \(pid)"
                ),
                (
                    { _ = try await device.writeReadAttributes([AttributeWrite(name: "number", data: .double([1]))], read: ["plain"]) },
                    "Operation write_read_attributes_5 (number/plain) requested from \(pid)"
                ),
                (
                    {
                        let writes = ["number", "whole"].map { AttributeWrite(name: $0, data: $0 == "number" ? .double([1]) : .short([1])) }
                        _ = try await device.writeReadAttributes(writes, read: ["plain", "Text"])
                    }, "Operation write_read_attributes_5 (number, whole/plain, Text) requested from \(pid)"
                ),
                (
                    { _ = try? await device.readAttributes(["plain"], source: .cache) },
                    "Operation read_attributes_5 (plain) from cache requested from \(pid)"
                ),
                (
                    { _ = try await device.readAttributes(["plain"]) },
                    "Operation read_attributes_5 (plain) from cache_device requested from \(pid)"
                ),
                (
                    { try await device.setAttributeConfigs([try await device.attributeConfig("number")]) },
                    "Operation set_attribute_config_5 requested from \(pid)"
                ),
                (
                    { _ = try? await device.attributeHistory("plain", count: 2) },
                    "Operation read_attribute_history_5 requested from localhost"
                ),
                ({ _ = try? await device.commandHistory("Echo", count: 2) }, "Operation command_inout_history_4 requested from localhost"),
                ({ _ = try await device.commandInfo("Echo") }, "Operation command_query_2 requested from localhost"),
                ({ _ = try await device.status() }, "Attribute status requested from localhost"),
                ({ _ = try await device.reportedName() }, "Attribute name requested from localhost"),
                ({ _ = try await device.deviceDescription() }, "Attribute description requested from localhost"),
                ({ _ = try await device.attributeConfigs() }, "Operation get_attribute_config_5 requested from localhost"),
                ({ _ = try await device.blackBox(1) }, "Operation blackbox requested from localhost"),
            ]
            for (step, expected) in steps {
                try await step()
                let line = try #require(try await device.blackBox(1).first)
                #expect(line.wholeMatch(of: /\d\d\/\d\d\/\d{4} \d\d:\d\d:\d\d:\d\d : .*/) != nil)
                #expect(line.hasSuffix(" : \(expected)"))
            }
        }
    }

    @Test func fiftyLinesAreKeptNewestFirst() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            for index in 0..<120 { _ = await device.commandFailure("c\(index)") }
            let lines = try await device.blackBox(1000)
            #expect(lines.count == 50)
            for (offset, line) in lines.enumerated() { #expect(line.contains("(cmd = c\(119 - offset))")) }
            #expect(try await device.blackBox(3).count == 3)
            for count in [0, -1] {
                let failure = await #expect(throws: DevFailed.self) { try await device.blackBox(count) }
                #expect(failure?.reason == .blackBoxArgument && failure?.reasonDescription == "Argument to read black box out of range")
            }
        }
    }

    @Test(arguments: [(3, 3), (1, 1), (0, 50), (-7, 50), (nil, 50)] as [(Int?, Int)])
    func theDepthIsThatOfTheDatabase(depth: Int?, kept: Int) throws {
        let box = BlackBox(depth: depth)
        for index in 0..<120 {
            let call = DeviceCall.command("c\(index)", .void, source: .device, identity: nil, version: 4)
            box.record(Request(call: call, operation: call.operation, requester: .polling))
        }
        let lines = try box.lines(1000)
        #expect(lines.count == kept)
        #expect(lines.first?.hasSuffix("Operation command_inout_4 (cmd = c119) from device requested from polling") == true)
    }

    @Test func theDepthIsAPropertyOfTheDevice() throws {
        for (values, kept) in [(["7"], 7), (["nonsense"], 50), ([], 50)] {
            let context = DeviceContext.isolated(
                try DeviceName("t/a/1"), of: BenchDevice.deviceClass(), properties: ["BlackBox_Depth": values])
            for _ in 0..<60 { context.runtime.blackBox.record(Request(call: .ping, operation: .ping, requester: .userThread)) }
            #expect(try context.runtime.blackBox.lines(100).count == kept)
        }
    }

    @Test func javaClientsAreNamedByTheirMainClass() throws {
        let box = BlackBox()
        let call = DeviceCall.readAttributes(
            ["a", "b"], source: .cache, identity: .java(mainClass: "Main", uuid: (1, 2)), version: 5)
        box.record(Request(call: call, operation: call.operation, requester: .client(.init(host: "10.1.2.3", port: 4))))
        #expect(
            try box.lines(1)[0].hasSuffix(
                " : Operation read_attributes_5 (a, b) from cache requested from 10.1.2.3 (Java client with main class Main)"))
    }

    @Test func nothingRecordedIsSaidSo() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            guard case .user(.devFailed(let failure))? = await test.failure(.blackBox(5)) else {
                Issue.record("no error")
                return
            }
            #expect(failure.reason == .blackBoxEmpty)
        }
    }

    @Test func ofManyNamesOnlySoManyAreKept() {
        let few = (0..<100).map { "attribute_\($0)" }
        #expect(BlackBox.kept(few) == few)
        let many = (0..<40_000).map { "a name that is not there \($0)" }
        let kept = BlackBox.kept(many)
        #expect(kept.count > 100 && kept.reduce(0) { $0 + $1.utf8.count + 16 } <= BlackBox.nameLimit + 32)
        #expect(kept.dropLast().elementsEqual(many.prefix(kept.count - 1)) && kept.last?.hasSuffix("...") == true)
        let long = BlackBox.kept([String(repeating: "é", count: 1 << 20)])
        #expect(long.count == 1 && (long.first?.unicodeScalars.count ?? 0) <= BlackBox.nameLimit)
        // One after the other empty.
        #expect(BlackBox.kept(Array(repeating: "", count: 100_000)).count < 1000)
    }

    @Test func aBoundedBlackBoxSaysThatNamesAreMissing() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            _ = try? await device.readAttributes((0..<2000).map { "no_such_attribute_\($0)" })
            let line = try #require(try await device.blackBox(1).first)
            #expect(line.contains("no_such_attribute_0, no_such_attribute_1, ") && line.contains("...) from cache_device"))
            #expect(line.utf8.count < 10_000)
        }
    }
}
