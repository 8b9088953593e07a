import TangoCore
import TangoServer
import Testing

@testable import TangoTestDevice

struct DeviceTests {
    // MARK: Writing

    @Test func someScalarsGiveBackWhatWasWrittenAtOnce() async throws {
        let bench = try await Bench()
        #expect(try bench.values("boolean_scalar", Bool.self) == [true])
        #expect(try bench.values("string_scalar", String.self) == ["Default string"])
        #expect(try bench.values("enum_scalar", Int16.self) == [0])
        try bench.write("boolean_scalar", .boolean([false]), .scalar)
        try bench.write("string_scalar", .string(["new", "ignored"]))
        try bench.write("enum_scalar", .short([2]), .scalar)
        bench.device.beginRound()
        #expect(try bench.values("boolean_scalar", Bool.self) == [false])
        #expect(try bench.values("enum_scalar", Int16.self) == [2])
        let text = try #require(try bench.read("string_scalar"))
        #expect(text.data == .string(["new"]) && text.dimension == .scalar)
    }

    @Test func spectraGiveBack256ElementsAtMost() async throws {
        let bench = try await Bench()
        #expect(try bench.values("double_spectrum", Double.self) == Array(repeating: 0, count: 256))
        #expect(try bench.values("string_spectrum", String.self) == Array(repeating: "", count: 256))
        try bench.write("double_spectrum", .double((0..<4096).map(Double.init)))
        #expect(try bench.values("double_spectrum", Double.self) == (0..<256).map(Double.init))
        #expect(try bench.read("double_spectrum")?.dimension == AttributeDimension(x: 256))
        try bench.write("double_spectrum", .double([]))
        #expect(try bench.read("double_spectrum")?.dimension == .zero)
    }

    @Test func imagesGiveBackWhatWasWritten() async throws {
        let bench = try await Bench()
        let dimension = AttributeDimension(x: 3, y: 2)
        #expect(try bench.read("short_image")?.dimension == AttributeDimension(x: 251, y: 251))
        try bench.write("short_image", .short([1, 2, 3, 4, 5, 6]), dimension)
        bench.device.beginRound()
        let reading = try #require(try bench.read("short_image"))
        #expect(reading.data == .short([1, 2, 3, 4, 5, 6]) && reading.dimension == dimension)
    }

    @Test func longImageKeepsItsSize() async throws {
        let bench = try await Bench()
        try bench.write("long_image", .long([1, 2, 3, 4, 5, 6]), AttributeDimension(x: 3, y: 2))
        let reading = try #require(try bench.read("long_image"))
        #expect(reading.dimension == AttributeDimension(x: 251, y: 251))
        #expect(reading.data.slice(0..<8) == .long([1, 2, 3, 4, 5, 6, 0, 0]))
        #expect(reading.data.count == 251 * 251)
    }

    @Test func enumSpectraAndImagesShareTheirDimensions() async throws {
        let bench = try await Bench()
        #expect(try bench.values("enum_spectrum_ro", Int16.self).count == 256)
        try bench.write("enum_spectrum", .short([2, 1, 0]))
        #expect(try bench.values("enum_spectrum", Int16.self) == [2, 1, 0])
        #expect(try bench.values("enum_spectrum_ro", Int16.self).count == 3)
        bench.device.beginRound()
        #expect(try bench.values("enum_spectrum_ro", Int16.self).count == 3)
        try bench.write("enum_image", .short([2, 2]), AttributeDimension(x: 1, y: 2))
        #expect(try bench.read("enum_image_ro")?.dimension == AttributeDimension(x: 1, y: 2))
        #expect(try bench.values("enum_image", Int16.self) == [2, 2])
        // A write to the image changes only the image.
        #expect(try bench.values("enum_spectrum", Int16.self) == [2, 1, 0])
    }

    @Test func twoScalarsComeWithTimesOfTheirOwn() async throws {
        let bench = try await Bench()
        try bench.write("long_scalar_ts_past", .long([7]), .scalar)
        let (past, future) = (try bench.read("long_scalar_ts_past"), try bench.read("long_scalar_ts_future"))
        #expect(past?.data == .long([7]) && future?.data == .long([0]))
        let now = Timestamp.now
        #expect(try #require(past?.time) < now)
        #expect(try #require(future?.time) > now)
    }

    @Test func errorAttributesFail() async throws {
        let bench = try await Bench()
        #expect(try bench.read("no_value") == nil)
        let failure = #expect(throws: DevFailed.self) { try bench.read("throw_exception") }
        #expect(
            failure?.errors == [
                DevError("exception test", "here is the exception you requested", origin: "TangoTest::read_throw_exception")
            ])
    }

    // MARK: Commands and pipe

    @Test func echoCommandsReturnTheirArgument() async throws {
        let bench = try await Bench()
        for argument: CommandData in [
            .boolean(true), .short(-1), .string("\u{FF}\n"), .doubleArray([]), .stringArray(["", "a"]), .void,
            .longStringArray(LongStringArray(longs: [1], strings: [])), .ulong64Array([.max]),
        ] {
            #expect(try bench.execute(argument.type.name, argument) == argument)
        }
        guard case .double(let echo) = try bench.execute("DevDouble", .double(.nan)) else {
            Issue.record("no double")
            return
        }
        #expect(echo.isNaN)
        #expect(try bench.execute("CrashFromOmniThread") == .void)
    }

    @Test func switchStatesGoesToFaultAndBack() async throws {
        let bench = try await Bench()
        #expect(bench.context.state == .running)
        _ = try bench.execute("SwitchStates")
        #expect(bench.context.state == .fault)
        _ = try bench.execute("SwitchStates")
        #expect(bench.context.state == .running)
    }

    @Test func thePipeHasThreeElements() async throws {
        let bench = try await Bench()
        let pipe = try #require(TangoTestClass.deviceClass.pipes.first)
        #expect(pipe.config.name == "string_long_short_ro" && pipe.config.writable == .read && pipe.writer == nil)
        #expect(pipe.config.label == "string_long_short_ro" && pipe.config.description == "Pipe example")
        guard case .sync(let read) = pipe.reader else { throw DevFailed("no reader", "pipe") }
        let blob = try read(MemberCall(device: bench.device, context: bench.context, name: pipe.config.name))
        #expect(
            blob.elements == [
                PipeElement(name: "FirstDE", content: .value(.string(["The string"]), isArray: false)),
                PipeElement(name: "SecondDE", content: .value(.long([666]), isArray: false)),
                PipeElement(name: "ThirdDE", content: .value(.short([12]), isArray: false)),
            ])
    }

    // MARK: Life

    @Test func initRestoresValuesButKeepsSettings() async throws {
        let bench = try await Bench()
        try bench.write("boolean_scalar", .boolean([false]), .scalar)
        try bench.write("string_scalar", .string(["other"]), .scalar)
        try bench.write("long_spectrum", .long([1]))
        try bench.write("enum_spectrum", .short([1]))
        try bench.write("ampli", .double([5]), .scalar)
        _ = try bench.execute("SwitchStates")
        bench.device.beginRound()
        await bench.device.release()
        try await bench.device.initialize()
        #expect(bench.context.state == .running)
        #expect(try bench.values("boolean_scalar", Bool.self) == [true])
        #expect(try bench.values("string_scalar", String.self) == ["Default string"])
        #expect(try bench.values("long_spectrum", Int32.self) == Array(repeating: 0, count: 256))
        #expect(try bench.values("enum_spectrum_ro", Int16.self).count == 256)
        #expect(bench.device.round.number == 0)
        #expect(bench.device.settings[.ampli] == 5)
    }

    @Test func releaseEndsTheGeneratorWithoutWaitingForItsSleep() async throws {
        let bench = try await Bench()
        let generator = try #require(bench.device.generator)
        await bench.device.release()
        #expect(generator.isCancelled && bench.device.generator == nil)
        await #expect(throws: CancellationError.self) { try await generator.value }
    }

    @Test func theGeneratorDoesNotKeepItsDevice() async throws {
        let generator = try await Self.generatorOfADroppedDevice()
        await #expect(throws: CancellationError.self) { try await generator.value }
    }

    private static func generatorOfADroppedDevice() async throws -> Task<Void, any Error> {
        try #require(try await Bench().device.generator)
    }

    @Test func theGeneratorBeginsRoundsOnTheDeviceOfItsContext() async throws {
        let bench = try await Bench()
        bench.context.attach(bench.device)
        try await TangoTestDevice.renew(bench.context)
        #expect(bench.device.round.number == 1)
    }

    @Test func theGeneratorEndsWithItsDevice() async throws {
        // No device is attached to the context, which behaves as after a shutdown.
        let bench = try await Bench(properties: ["Sleep_period": ["0"]])
        let generator = try #require(bench.device.generator)
        let failure = await #expect(throws: DevFailed.self) { try await generator.value }
        #expect(failure?.reason == .shutdownInProgress)
    }

    @Test func withoutBackgroundEveryRequestRenewsTheValues() async throws {
        let bench = try await Bench(properties: ["Mthreaded_impl": ["0"]])
        #expect(bench.device.generator == nil)
        try bench.device.alwaysExecuted()
        #expect(bench.device.round.number == 1)
        let threaded = try await Bench()
        try threaded.device.alwaysExecuted()
        #expect(threaded.device.round.number == 0)
    }
}
