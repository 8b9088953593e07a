import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import TangoWire
import Testing

@testable import TangoServer

/// The trace of a request, from the client's task to the device's handlers and log.
@Suite struct TraceTests {
    private final class Traced: Device {
        let context: DeviceContext

        init(context: DeviceContext) {
            self.context = context
            context.setState(.on)
        }
        func initialize() {}

        static func deviceClass(_ execution: Execution) -> DeviceClass {
            DeviceClass("Traced", Traced.self, execution: execution) {
                Attribute("Trace", String.self).read { (device: Traced) in
                    device.context.logger.error("read")
                    return TraceContext.current?.traceParent ?? "none"
                }
                Command("Trace", of: Traced.self, out: .string) { _, _ in .string(TraceContext.current?.traceParent ?? "none") }
                CommandDefinition(
                    CommandInfo(name: "Later", level: .operator, tag: 0, inType: .void, outType: .string),
                    handler: .async { _, _ in
                        await Task.yield()
                        return .string(TraceContext.current?.traceParent ?? "none")
                    })
            }
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func aHandlerFindsTheTraceOfItsRequest(execution: Execution) async throws {
        try await TestServer.run([Traced.deviceClass(execution)], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            let trace = TraceContext.random()
            for command in ["Trace", "Later"] {
                let received = try await TraceContext.$current.withValue(trace) { try await device.command(command) }
                #expect(received == .string(trace.traceParent), "\(command)")
            }
            let read = try await TraceContext.$current.withValue(trace) { try await device.readAttribute("Trace") }
            #expect(read.data == .string([trace.traceParent]))
            // What came before leaves no trace.
            for command in ["Trace", "Later"] { #expect(try await device.command(command) == .string("none"), "\(command)") }
        }
    }

    @Test(arguments: [Execution.inline, .blocking])
    func requestsThatWaitForTheDeviceKeepTheirOwnTraces(execution: Execution) async throws {
        try await TestServer.run([Traced.deviceClass(execution)], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<40 {
                    group.addTask {
                        let trace = number.isMultiple(of: 4) ? nil : TraceContext.random()
                        let name = number.isMultiple(of: 2) ? "Later" : "Trace"
                        let received = try await TraceContext.$current.withValue(trace) { try await device.command(name) }
                        #expect(received == .string(trace?.traceParent ?? "none"))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    private func received(_ test: TestServer, _ call: DeviceCall) async throws -> CommandData? {
        if case .command(let data) = try await test.call(call) { data } else { nil }
    }

    @Test func whatIsNoTraceIsIgnored() async throws {
        try await TestServer.run([Traced.deviceClass(.inline)], devices: ["t/a/1"]) { test in
            for parent in ["", "00-aa-bb-01", "nonsense"] {
                let call = DeviceCall.command(
                    "Trace", .void, source: .device, identity: .cpp6(pid: 7, traceParent: parent, traceState: ""), version: 4)
                let received = try await self.received(test, call)
                #expect(received == .string("none"))
            }
            let valid = TraceContext.random().traceParent
            let java = ClientIdentity.java6(mainClass: "Main", uuid: (1, 2), traceParent: valid, traceState: "")
            let call = DeviceCall.command("Trace", .void, source: .device, identity: java, version: 4)
            let received = try await self.received(test, call)
            #expect(received == .string(valid))
        }
    }

    @Test func theLogOfTheDeviceNamesTheTrace() async throws {
        // Paths clients give are taken in lower case.
        let path = "/tmp/trace-\(UUID().uuidString.lowercased()).log"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await TestServer.run([Traced.deviceClass(.inline)], devices: ["t/a/1"]) { test in
            try await test.admin().command("AddLoggingTarget", .stringArray(["t/a/1", "file::\(path)"]))
            let device = try await test.device()
            let trace = TraceContext.random()
            _ = try await TraceContext.$current.withValue(trace) { try await device.readAttribute("Trace") }
            _ = try await device.readAttribute("Trace")
            await test.server.context?.log.writer.flush()
            let messages = try EventReader.read(String(contentsOfFile: path, encoding: .utf8)).map(\.message)
            #expect(messages == ["read trace_id=\(trace.traceIDText)", "read"])
        }
    }
}
