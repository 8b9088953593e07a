import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

/// Reasons and texts of the peers' servers.
struct ErrorTests {
    private func run(_ body: (TestServer, DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { try await body($0, try await $0.device()) }
    }

    @Test func commandErrors() async throws {
        let cases: [(name: String, argument: CommandData, reason: ErrorReason, text: String)] = [
            ("NoSuch", .void, .commandNotFound, "Command NoSuch not found"),
            ("Forbidden", .void, .commandNotAllowed, "Command Forbidden not allowed when the device is in ON state"),
            (
                "Echo", .long(1), .incompatibleCommandArgument,
                "Incompatible command argument type, expected type is : Tango::DevDouble"
            ),
            ("echo", .void, .incompatibleCommandArgument, "Incompatible command argument type, expected type is : Tango::DevDouble"),
            ("Fail", .void, "Bench_Command", "no command"),
            ("Lie", .void, "API_IncompatibleCmdResultType", "Command Lie answered DevString, declared is DevLong"),
        ]
        try await self.run { (_, device) async throws in
            for expected in cases {
                let failure = await device.commandFailure(expected.name, expected.argument)
                #expect(failure?.reason == expected.reason && failure?.reasonDescription == expected.text, "\(expected.name)")
                #expect(failure?.rootCause.severity == .error)
            }
            // An argument that the command does not have is ignored.
            #expect(try await device.command("nothing", .string("extra")) == .void)
            #expect(try await device.command("ECHOLATER", .string("é")) == .string("é"))
            let list = await #expect(throws: DevFailed.self) { try await device.commandInfo("NoSuch") }
            #expect(list?.reason == .commandNotFound)
        }
    }

    @Test func readErrorsSitInTheirElement() async throws {
        let cases: [(name: String, reason: ErrorReason, text: String)] = [
            ("NoSuch", .attributeNotFound, "NoSuch attribute not found"),
            ("FORBIDDEN", .attributeNotAllowed, "It is currently not allowed to read attribute forbidden"),
            ("unset", .attributeValueNotSet, "Read value for attribute unset has not been updated"),
            ("toolong", .attributeProperty, "Data size for attribute toolong [3, 0] exceeds given limit [2, 0]"),
            ("failing", "Bench_Read", "no reading"),
        ]
        try await self.run { _, device in
            let values = try await device.readAttributes(["plain"] + cases.map(\.name) + ["text"])
            #expect(values.first?.failure == nil && values.last?.failure == nil)
            for (value, expected) in zip(values.dropFirst(), cases) {
                #expect(value.failure?.reason == expected.reason && value.failure?.reasonDescription == expected.text)
                #expect(value.quality == .invalid && value.data == .none && value.readDimension == .zero && value.writeDimension == .zero)
                #expect(value.name.tangoFolded == expected.name.tangoFolded)
            }
            #expect(values[1].format == .unknown && values[1].name == "NoSuch")
            let invalid = try await device.readAttribute("invalid")
            #expect(invalid.quality == .invalid && invalid.data == .none && invalid.errors.isEmpty)
            let cached = await #expect(throws: DevFailed.self) { try await device.readAttribute("number", source: .cache) }
            #expect(cached?.reason == .attributeNotPolled)
            let config = await #expect(throws: DevFailed.self) { try await device.attributeConfigs(["plain", "x"]) }
            #expect(config?.reason == .attributeNotFound && config?.reasonDescription == "x attribute not found")
        }
    }

    private static let writes: [(name: String, data: AttributeData, dimension: AttributeDimension?, reason: ErrorReason, text: String)] = [
        ("NoSuch", .long([1]), nil, .attributeNotFound, "NoSuch attribute not found"),
        ("plain", .double([1]), nil, .attributeNotWritable, "Attribute plain is not writable"),
        ("actual", .double([1]), nil, .attributeNotWritable, "Attribute actual is not writable"),
        ("State", .state([.on]), nil, .attributeNotWritable, "Attribute State is not writable"),
        ("row", .long([1, 2, 3, 4, 5, 6]), nil, .writeOutsideLimit, "X dimesion is greater than the max defined for attribute row"),
        (
            "row", .long([1, 2]), AttributeDimension(x: 1, y: 2), .writeOutsideLimit,
            "Y dimesion is greater than the max defined for attribute row"
        ),
        (
            "picture", .uchar(Array(repeating: 0, count: 16)), AttributeDimension(x: 4, y: 4), .writeOutsideLimit,
            "Y dimesion is greater than the max defined for attribute picture"
        ),
        ("row", .long([1, 2]), AttributeDimension(x: 3), .incorrectDataNumber, "Incorrect data number"),
        (
            "row", .long([1, 2]), AttributeDimension(x: -1), .writeOutsideLimit,
            "X dimesion is greater than the max defined for attribute row"
        ),
        (
            "number", .long([1]), nil, .incompatibleAttributeType,
            "Incompatible attribute type: expected Tango::DevVarDoubleArray (even for single value), found Tango::DevVarLongArray"
        ),
        ("number", .double([]), nil, .incorrectDataNumber, "Incorrect data number"),
        ("number", .double([.nan]), nil, .writeOutsideLimit, "Set value for attribute number is a NaN or INF value (at least element 0)"),
        (
            "number", .double([-.infinity]), nil, .writeOutsideLimit,
            "Set value for attribute number is a NaN or INF value (at least element 0)"
        ),
        (
            "number", .double([-10.5]), nil, .writeOutsideLimit,
            "Set value for attribute number is below the minimum authorized (at least element 0)"
        ),
        (
            "number", .double([10.5]), nil, .writeOutsideLimit,
            "Set value for attribute number is above the maximum authorized (at least element 0)"
        ),
        (
            "color", .short([3]), nil, .writeOutsideLimit,
            "Set value for attribute color is negative or above the maximun authorized (3) for at least element 0"
        ),
        (
            "forbidden", .long([1]), nil, .attributeNotAllowed,
            "It is currently not allowed to write attribute forbidden. The device state is ON"
        ),
        ("failing", .long([1]), nil, "Bench_Write", "no writing"),
    ]

    @Test func writeErrors() async throws {
        try await self.run { _, device in
            for expected in Self.writes {
                let failure = await device.writeFailure(expected.name, expected.data, expected.dimension)
                #expect(
                    failure?.reason == expected.reason && failure?.reasonDescription == expected.text, "\(expected.name) \(expected.data)")
            }
            // Equal to the limit is within it.
            for limit in [-10.0, 10] { #expect(await device.writeFailure("number", .double([limit])) == nil) }
        }
    }

    @Test func whatCanBeWrittenIsWrittenEvenIfOthersFail() async throws {
        try await self.run { _, device in
            let outcomes = try await device.writeAttributes([
                AttributeWrite(name: "failing", data: .long([1])), AttributeWrite(name: "number", data: .double([5])),
                AttributeWrite(name: "nosuch", data: .long([1])), AttributeWrite(name: "whole", data: .short([4])),
            ])
            #expect(outcomes.map { $0?.reason } == ["Bench_Write", nil, .attributeNotFound, nil])
            #expect(try await device.readAttribute("number").data == .double([5, 5]))
        }
    }

    @Test func failuresComeInTheOrderOfTheChecks() async throws {
        try await self.run { test, _ in
            let writes: [(name: String, data: AttributeData)] = [
                ("failing", .long([1])), ("number", .double([500])), ("forbidden", .long([1])), ("color", .short([9])),
                ("whole", .long([1])), ("nosuch", .long([1])),
            ]
            var operation = WriteOperation(
                values: writes.map {
                    AttributeValue(
                        name: $0.name, data: $0.data, format: .unknown, type: nil, time: .zero, readDimension: .zero,
                        writeDimension: .scalar)
                }, read: nil, version: 4)
            let runtime = try test.context().runtime
            let failure = #expect(throws: MultiDevFailed.self) { try operation.advance(runtime) }
            // What cannot be written at all, what is outside its limits, what may not be written now or fails.
            #expect(failure?.errors.map(\.name) == ["whole", "nosuch", "number", "color", "failing", "forbidden"])
            #expect(failure?.errors.map(\.index) == [4, 5, 1, 3, 0, 2])
        }
    }

    @Test func allValuesSentForAScalarAreCheckedAndTheFirstIsWritten() async throws {
        try await self.run { (_, device) async throws in
            let failure = await device.writeFailure("number", .double([1, 2, 500]))
            #expect(
                failure?.reasonDescription == "Set value for attribute number is above the maximum authorized (at least element 2)")
            #expect(await device.writeFailure("number", .double([1, 2, 3])) == nil)
            #expect(try await device.readAttribute("number").data == .double([1, 1]))
        }
    }

    @Test func theHookIsNotCalledForUnknownAttributesOnly() async throws {
        try await self.run { test, device in
            try test.context().setState(.insert)
            let values = try await device.readAttributes(["nosuch", "other"])
            #expect(values.map { $0.failure?.reason } == [.attributeNotFound, .attributeNotFound])
            #expect(await device.writeFailure("nosuch", .long([1]))?.reason == .attributeNotFound)
            await #expect(throws: DevFailed.self) { try await device.readAttributes(["nosuch", "plain"]) }
        }
    }

    @Test func aFailingWriteFailsTheWriteReadAndNothingIsRead() async throws {
        try await self.run { _, device in
            let failure = await #expect(throws: DevFailed.self) {
                try await device.writeReadAttributes([AttributeWrite(name: "failing", data: .long([1]))], read: ["plain"])
            }
            #expect(failure?.reason == "Bench_Write")
            let values = try await device.writeReadAttributes(
                [AttributeWrite(name: "number", data: .double([2]))], read: ["number", "plain"])
            #expect(values.map(\.data) == [.double([2, 2]), .double([2])])
        }
    }

    @Test func aRefusingHookFailsTheWholeCall() async throws {
        try await self.run { test, device in
            try test.context().setState(.insert)
            for call: () async throws -> Void in [
                { _ = try await device.readAttributes(["plain", "text"]) }, { try await device.command("Nothing") },
                { _ = try await device.writeAttributes([AttributeWrite(name: "number", data: .double([1]))]) },
            ] {
                let failure = await #expect(throws: DevFailed.self) { try await call() }
                #expect(failure?.reason == "Bench_Hook")
            }
            let state = await #expect(throws: DevFailed.self) { try await device.state() }
            #expect(state?.reason == .corbaException && state?.reasonDescription == "IMP_LIMIT CORBA system exception: 0xb")
            #expect(try await device.status() == "Got exception    when trying to build device status")
        }
    }

    @Test func pipeErrors() async throws {
        try await self.run { (_, device) async throws in
            let missing = await #expect(throws: DevFailed.self) { try await device.readPipe("nosuch") }
            #expect(missing?.reason == .pipeNotFound && missing?.reasonDescription == "nosuch pipe not found")
            let readOnly = await #expect(throws: DevFailed.self) { try await device.writePipe("readonlypipe", BenchDevice.blob) }
            #expect(readOnly?.reason == .pipeNotWritable)
            #expect(try await device.readPipe("READONLYPIPE").blob == BenchDevice.blob)
        }
    }
}
