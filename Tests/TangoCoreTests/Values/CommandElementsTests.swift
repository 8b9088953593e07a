import Testing

@testable import TangoCore

struct CommandElementsTests {
    @Test(arguments: [
        CommandData.boolean(true), .short(-2), .long(3), .long64(4), .float(1.5), .double(2.5), .uchar(6), .ushort(7), .ulong(8),
        .ulong64(9),
        .string("a"), .state(.fault), .encoded(DevEncoded(format: "f", data: [1])),
    ])
    func aScalarIsItsOneElement(value: CommandData) throws {
        let elements = try #require(value.elements)
        #expect(!elements.isArray && elements.data.count == 1)
        #expect(CommandData(scalarOf: elements.data) == value)
    }

    @Test(arguments: [
        CommandData.booleanArray([true, false]), .shortArray([-2]), .longArray([3, 4]), .long64Array([]), .floatArray([1.5]),
        .doubleArray([2.5]), .charArray([6]), .ushortArray([7]), .ulongArray([8]), .ulong64Array([9]), .stringArray(["a", "b"]),
        .stateArray([.fault]), .encodedArray([DevEncoded(format: "f", data: [1])]),
    ])
    func anArrayIsItsElements(value: CommandData) throws {
        let elements = try #require(value.elements)
        #expect(elements.isArray)
        #expect(CommandData(arrayOf: elements.data) == value)
    }

    @Test func whatHasNoElements() {
        #expect(CommandData.void.elements == nil && CommandData.longStringArray(LongStringArray()).elements == nil)
        #expect(CommandData(scalarOf: .none) == nil && CommandData(scalarOf: .double([])) == nil && CommandData(arrayOf: .none) == nil)
        #expect(CommandData(scalarOf: .deviceState(.on)) == .state(.on) && CommandData(arrayOf: .deviceState(.on)) == .stateArray([.on]))
    }
}
