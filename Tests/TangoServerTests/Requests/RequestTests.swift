import TangoCore
import TangoWire
import Testing

@testable import TangoServer

/// Requests and operations without sockets, gates and tasks.
struct RequestTests {
    private static func runtime() throws -> DeviceRuntime {
        let context = DeviceContext.isolated(try DeviceName("t/a/1"), of: BenchDevice.deviceClass())
        context.attach(BenchDevice(context: context))
        return context.runtime
    }

    private static func handle(_ call: DeviceCall, on runtime: DeviceRuntime) -> Disposition {
        runtime.handle(Request(call: call, operation: call.operation, requester: .polling))
    }

    private static func write(_ name: String, _ data: AttributeData) -> AttributeValue {
        AttributeValue(
            name: name, data: data, format: .unknown, type: nil, time: .zero, readDimension: .zero, writeDimension: .scalar)
    }

    @Test func aRequestIsRecordedOnce() throws {
        let runtime = try Self.runtime()
        guard case .answer(.success(.void)) = Self.handle(.ping, on: runtime) else {
            Issue.record("ping needs no device")
            return
        }
        guard case .operation(.read) = Self.handle(.readAttributes(["plain"], source: .device, identity: nil, version: 5), on: runtime)
        else {
            Issue.record("a read needs the device")
            return
        }
        guard case .answer(.failure) = Self.handle(.commandInfo("NoSuch", version: 2), on: runtime) else {
            Issue.record("there is no such command")
            return
        }
        // Those of CORBA itself are not recorded.
        _ = Self.handle(.isA("IDL:Tango/Device:1.0"), on: runtime)
        _ = Self.handle(.nonExistent, on: runtime)
        #expect(try runtime.blackBox.lines(10).count == 3)
    }

    @Test func aQueryOfTheBlackBoxDoesNotContainItself() throws {
        let runtime = try Self.runtime()
        guard case .answer(.failure(let error)) = Self.handle(.blackBox(5), on: runtime) else {
            Issue.record("nothing is recorded")
            return
        }
        #expect((error as? DevFailed)?.reason == .blackBoxEmpty)
        guard case .answer(.success(.strings(let lines))) = Self.handle(.blackBox(5), on: runtime) else {
            Issue.record("no lines")
            return
        }
        #expect(lines.count == 1 && lines[0].contains("Operation blackbox"))
    }

    @Test func aReadContinuesWhereItStopped() async throws {
        let runtime = try Self.runtime()
        let names = ["plain", "asynchronous", "nosuch", "ASYNCHRONOUS", "number"]
        var operation = ReadOperation(names: names, source: .device, version: 5)
        var suspensions = 0
        while true {
            switch try operation.advance(runtime) {
            case .suspended(let suspension):
                suspensions += 1
                try await operation.resume(after: suspension, runtime)
            case .finished(let result):
                guard case .attributeValues(let values) = result else {
                    Issue.record("\(result)")
                    return
                }
                #expect(values.map(\.name) == ["plain", "asynchronous", "nosuch", "asynchronous", "number"])
                #expect(values.map { $0.failure?.reason } == [nil, nil, .attributeNotFound, nil, nil])
                #expect(suspensions == 2)
                return
            }
        }
    }

    @Test func aWriteWithReadSuspendsForBoth() async throws {
        let runtime = try Self.runtime()
        var operation = WriteOperation(
            values: [Self.write("asynchronous", .long([3])), Self.write("number", .double([4]))], read: ["asynchronous", "number"],
            version: 5)
        guard case .suspended(.writing(let pending, let handler)) = try operation.advance(runtime) else {
            Issue.record("the first write is asynchronous")
            return
        }
        #expect(pending.attribute.name == "asynchronous" && runtime.attribute("number")?.writtenValue == nil)
        try await operation.resume(after: .writing(pending, handler), runtime)
        guard case .suspended(.reading(let read, let suspension)) = try operation.advance(runtime) else {
            Issue.record("the first read is asynchronous")
            return
        }
        #expect(runtime.attribute("number")?.writtenValue?.data == .double([4]))
        try await operation.resume(after: .reading(read, suspension), runtime)
        guard case .finished(.attributeValues(let values)) = try operation.advance(runtime) else {
            Issue.record("all is read")
            return
        }
        #expect(values.map(\.data) == [.long([11, 3]), .double([4, 4])])
    }

    @Test func valuesOfThePollCacheAreNotReadAgain() throws {
        let runtime = try Self.runtime()
        let cached = AttributeValue(
            name: "plain", data: .double([77]), format: .scalar, type: .double, time: .zero, readDimension: .scalar, writeDimension: .zero)
        var operation = ReadOperation(names: ["plain", "hot"], source: .cacheDevice, version: 5, cached: [cached, nil])
        guard case .finished(.attributeValues(let values)) = try operation.advance(runtime) else {
            Issue.record("not finished")
            return
        }
        #expect(values.map(\.data) == [.double([77]), .double([7.5])])
    }

    @Test func aReadIsAnsweredFromThePollCacheOnlyAsAWhole() throws {
        let value = AttributeValue(
            name: "plain", data: .double([1]), format: .scalar, type: .double, time: .zero, readDimension: .scalar, writeDimension: .zero)
        let failed = AttributeValue(name: "other", failure: DevFailed("Test_Failed", ""), time: .zero)
        var partial = CachedAttributes(names: ["plain", "other"])
        partial.append(value)
        partial.append(nil)
        #expect(try partial.complete(version: 5) == nil)
        var complete = CachedAttributes(names: ["plain", "other"])
        complete.append(value)
        complete.append(failed)
        #expect(try complete.complete(version: 5)?.map(\.name) == ["plain", "other"])
        #expect(throws: DevFailed.self) { try complete.complete(version: 2) }
        // Left off since the values do not fit into a message.
        #expect(throws: SystemException.self) { try CachedAttributes(names: ["plain"]).complete(version: 5) }
    }
}
