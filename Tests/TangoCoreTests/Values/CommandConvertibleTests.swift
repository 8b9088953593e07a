import TangoCore
import Testing

@Suite struct CommandConvertibleTests {
    private func roundTrip<T: CommandConvertible & Equatable>(_ value: T, _ type: DataType) {
        #expect(value.commandData.type == type)
        #expect(T(value.commandData) == value)
        #expect(T(CommandData.void) == nil)
    }

    @Test func swiftTypesStandForTheTypesOfCommands() {
        self.roundTrip(true, .boolean)
        self.roundTrip(Int16.min, .short)
        self.roundTrip(Int32.max, .long)
        self.roundTrip(Int64.min, .long64)
        self.roundTrip(UInt8.max, .uchar)
        self.roundTrip(UInt16.max, .ushort)
        self.roundTrip(UInt32.max, .ulong)
        self.roundTrip(UInt64.max, .ulong64)
        self.roundTrip(Float(1.5), .float)
        self.roundTrip(-0.5, .double)
        self.roundTrip("text", .string)
        self.roundTrip(DevState.moving, .state)
        self.roundTrip(DevEncoded(format: "f", data: [1]), .encoded)
        self.roundTrip([1.5, 2.5], .doubleArray)
        self.roundTrip(["a", ""], .stringArray)
        self.roundTrip([Int32](), .longArray)
        self.roundTrip(LongStringArray(longs: [1], strings: ["a"]), .longStringArray)
        self.roundTrip(DoubleStringArray(doubles: [1], strings: []), .doubleStringArray)
    }

    @Test func anotherTypeIsNotTaken() {
        #expect(Double(CommandData.float(1)) == nil)
        #expect([Double](CommandData.floatArray([1])) == nil)
        #expect(String(CommandData.stringArray(["a"])) == nil)
    }
}
