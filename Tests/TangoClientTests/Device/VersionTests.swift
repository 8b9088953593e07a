import NIOCore
import NIOPosix
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire
import Testing

@testable import TangoClient

/// A device of some interface version, which records the operations it receives and sends the smallest answer of each kind.
final class FakeDevice: IIOPDispatcher {
    let version: Int
    let calls = Mutex<[DeviceCall]>([])
    /// Answers instead of a result, one per call.
    let failures = Mutex<[SystemException]>([])
    /// Names of its members of each kind, in wire form.
    let names: [String]

    init(version: Int, names: [String] = []) {
        self.version = version
        self.names = names
    }

    func isKnown(objectKey: String) -> Bool { true }

    var operations: [String] { self.calls.withLock { $0.map(\.operation.name) } }

    func dispatch(_ request: IncomingRequest, from peer: PeerAddress, reply: @autoclosure () -> ReplyHandle) -> DispatchOutcome {
        guard case .known(let operation) = request.header.operation, let call = try? request.call(operation) else { return .close }
        self.calls.withLock { $0.append(call) }
        var writer = CDRWriter()
        if let failure = self.failures.withLock({ $0.popLast() }) {
            ReplyHeader(version: request.header.version, requestID: request.header.requestID, status: .systemException)
                .encode(to: &writer, body: true)
            failure.encode(to: &writer)
        } else {
            let result = self.result(call)
            ReplyHeader(version: request.header.version, requestID: request.header.requestID, status: .noException)
                .encode(to: &writer, body: result.hasBody)
            result.encode(for: operation, to: &writer)
        }
        writer.endMessage()
        return .reply(writer.finishSegments())
    }

    private func result(_ call: DeviceCall) -> DeviceResult {
        switch call {
        case .isA(let id): .boolean((2...6).contains { $0 <= self.version && id == "IDL:Tango/Device_\($0):1.0" })
        case .info:
            .info(DeviceInfo(deviceClass: "C", serverID: "S/i", serverHost: "h", serverVersion: Int32(self.version), documentationURL: ""))
        case .commandList: .commandInfos(self.names.map { CommandInfo(name: $0, inType: .void, outType: .long) })
        case .command: .command(.long(1))
        case .attributeConfigs:
            .attributeConfigs(self.names.map { AttributeConfig(name: $0, writable: .read, format: .scalar, typeNumber: 3) })
        case .pipeConfigs: .pipeConfigs(self.names.map { PipeConfig(name: $0) })
        case .readPipe(let name, _): .pipe(PipeValue(name: name, time: .zero, blob: PipeBlob(name: name, elements: [])))
        case .readAttributes(let names, _, _, _):
            .attributeValues(
                names.map { AttributeValue(name: $0, data: .long([1]), format: .scalar, type: .long, time: .zero, readDimension: .scalar) })
        default: .void
        }
    }

    /// Runs the body with a proxy of the device.
    static func run(version: Int, names: [String] = [], _ body: (FakeDevice, DeviceProxy) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let fake = FakeDevice(version: version, names: names)
        let server = try await IIOPServer.listen(group: group, host: "127.0.0.1", port: 0, dispatcher: fake)
        let system = ControlSystem(host: nil, options: ClientOptions(), eventLoops: EventLoops(group))
        let result: Result<Void, any Error>
        do {
            result = .success(try await body(fake, try await system.device("tango://127.0.0.1:\(server.port)/t/a/1#dbase=no")))
        } catch {
            result = .failure(error)
        }
        await system.shutdown()
        await server.close()
        try await group.shutdownGracefully()
        try result.get()
    }
}

struct VersionTests {
    private static let expected: [(version: Int, operations: [String])] = [
        (
            1,
            [
                "info", "command_list_query", "command_inout", "get_attribute_config", "read_attributes", "write_attributes",
                "set_attribute_config",
            ]
        ),
        (
            2,
            [
                "info", "command_list_query_2", "command_inout_2", "get_attribute_config_2", "read_attributes_2", "write_attributes",
                "set_attribute_config",
            ]
        ),
        (
            3,
            [
                "info_3", "command_list_query_2", "command_inout_2", "get_attribute_config_3", "read_attributes_3", "write_attributes_3",
                "set_attribute_config_3",
            ]
        ),
        (
            4,
            [
                "info_3", "command_list_query_2", "command_inout_4", "get_attribute_config_3", "read_attributes_4", "write_attributes_4",
                "set_attribute_config_4",
            ]
        ),
        (
            5,
            [
                "info_3", "command_list_query_2", "command_inout_4", "get_attribute_config_5", "read_attributes_5", "write_attributes_4",
                "set_attribute_config_5",
            ]
        ),
        (
            6,
            [
                "info_6", "command_list_query_2", "command_inout_4", "get_attribute_config_5", "read_attributes_5", "write_attributes_4",
                "set_attribute_config_5",
            ]
        ),
    ]

    @Test(arguments: expected)
    func eachInterfaceIsSpokenTo(version: Int, operations: [String]) async throws {
        try await FakeDevice.run(version: version) { fake, device in
            #expect(try await device.interfaceVersion() == version)
            fake.calls.withLock { $0 = [] }
            _ = try await device.info()
            _ = try await device.commandList()
            try await device.command("C")
            _ = try await device.attributeConfigs()
            _ = try await device.readAttributes(["a"])
            try await device.writeAttribute(AttributeWrite(name: "a", data: .long([1])))
            try await device.setAttributeConfigs([])
            #expect(fake.operations == operations)
            for call in fake.calls.withLock({ $0 }) where call.operation.interface >= 4 && call.identity != nil {
                // The plain form, which servers of every release take.
                #expect(call.identity == DeviceProxy.identity(1))
            }
        }
    }

    @Test func whatAnInterfaceLacksIsNotSent() async throws {
        try await FakeDevice.run(version: 3) { (fake, device) async throws in
            let calls: [() async throws -> Void] = [
                { _ = try await device.attributeHistory("a", count: 1) }, { _ = try await device.commandHistory("a", count: 1) },
                { _ = try await device.writeReadAttributes([], read: []) }, { _ = try await device.readPipe("p") },
                { _ = try await device.pipeConfigs() },
            ]
            fake.calls.withLock { $0 = [] }
            for call in calls {
                let failure = await #expect(throws: DevFailed.self) { try await call() }
                #expect(failure?.reason == .notSupported)
            }
            #expect(fake.operations == [])
        }
    }

    @Test func namesGivenTwiceAreRequestedOnce() async throws {
        try await FakeDevice.run(version: 5) { fake, device in
            let values = try await device.readAttributes(["a", "B", "A", "b", "c", "a"])
            #expect(values.map(\.name) == ["a", "B", "a", "B", "c", "a"])
            guard case .readAttributes(let names, _, _, _)? = fake.calls.withLock({ $0.last }) else {
                Issue.record("no read")
                return
            }
            #expect(names == ["a", "B", "c"])
        }
    }

    @Test func aVanishedObjectIsLookedUpAnewOnce() async throws {
        try await FakeDevice.run(version: 5) { fake, device in
            try await device.ping()
            fake.failures.withLock { $0 = [.objectNotExist] }
            try await device.ping()
            fake.calls.withLock { $0 = [] }
            fake.failures.withLock { $0 = [SystemException("NO_IMPLEMENT", minorCode: 0)] }
            let failure = await #expect(throws: DevFailed.self) { try await device.ping() }
            #expect(failure?.reasonDescription == "NO_IMPLEMENT CORBA system exception: 0x0")
            #expect(fake.operations == ["ping"])
        }
    }

    @Test func whatIsWrittenToOldInterfacesHasItsSizeWhereTheyLook() async throws {
        for (version, read, write) in [(3, AttributeDimension(x: 2), AttributeDimension.zero), (5, .zero, AttributeDimension(x: 2))] {
            try await FakeDevice.run(version: version) { fake, device in
                try await device.writeAttribute(AttributeWrite(name: "a", data: .long([1, 2])))
                guard case .writeAttributes(let values, _, _)? = fake.calls.withLock({ $0.last }) else {
                    Issue.record("no write")
                    return
                }
                #expect(values[0].readDimension == read && values[0].writeDimension == write)
            }
        }
    }

    @Test func aProxyWithAnotherTimeOutLeavesTheSharedOneAlone() async throws {
        try await FakeDevice.run(version: 5) { fake, device in
            let patient = device.withTimeout(.seconds(60))
            #expect(patient.timeout == .seconds(60))
            #expect(device.timeout == .seconds(3))
            fake.calls.withLock { $0 = [] }
            try await patient.ping()
            // The same reference: nothing is looked up anew.
            #expect(fake.operations == ["ping"])
        }
    }

    @Test func scalarsSpectraAndImagesAreReadInTheSameWay() async throws {
        try await FakeDevice.run(version: 5) { _, device in
            let value: Int32 = try await device.read("a")
            #expect(value == 1)
            let values: [Int32] = try await device.read("a")
            #expect(values == [1])
            let image: TangoImage<Int32> = try await device.read("a")
            #expect(image.values == [1] && image.width == 1)
            let reading = try await device.read("a", as: [Int32].self)
            #expect(try reading.value == [1] && reading.quality == .valid && reading.setPoint == nil)
            let wrong = await #expect(throws: DevFailed.self) { let _: Double = try await device.read("a") }
            #expect(wrong?.reason == .incompatibleAttributeType)
            let invalid = TypedReading<Double>(value: nil, setPoint: nil, quality: .invalid, time: .zero, name: "a of t/a/1")
            #expect(invalid.valueIfValid == nil)
            let failure = #expect(throws: DevFailed.self) { try invalid.value }
            #expect(failure?.reason == .attributeValueNotSet)
        }
    }

    @Test func commandsAreExecutedWithAndWithoutAResult() async throws {
        try await FakeDevice.run(version: 5) { _, device in
            try await device.command("Jog", 5.0)
            try await device.command("Stop")
            let result: Int32 = try await device.command("Jog", [1.5])
            #expect(result == 1)
            let wrong = await #expect(throws: DevFailed.self) { let _: String = try await device.command("Jog", "x") }
            #expect(wrong?.reason == "API_IncompatibleCmdResultType")
        }
    }
}
