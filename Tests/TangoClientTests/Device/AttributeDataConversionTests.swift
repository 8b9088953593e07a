import TangoCore
import Testing

@testable import TangoClient

@Suite struct AttributeDataConversionTests {
    private static let integers: [(DataType, AttributeData?)] = [
        (.short, .short([5, -7])), (.enum, .short([5, -7])), (.long, .long([5, -7])), (.long64, .long64([5, -7])),
        (.float, .float([5, -7])), (.double, .double([5, -7])), (.ushort, nil), (.ulong, nil), (.ulong64, nil), (.uchar, nil),
        (.string, nil), (.boolean, nil), (.state, nil), (.encoded, nil),
    ]

    @Test(arguments: Self.integers)
    func integersGoIntoWhatHoldsThem(type: DataType, expected: AttributeData?) {
        #expect(AttributeData.long64([5, -7]).converted(to: type) == expected)
    }

    @Test(arguments: [
        (DataType.uchar, Int64(255)), (.short, 32_767), (.ushort, 65_535), (.long, 2_147_483_647), (.ulong, 4_294_967_295),
    ])
    func theLargestIsTheLast(type: DataType, largest: Int64) {
        #expect(AttributeData.long64([largest]).converted(to: type)?.count == 1)
        #expect(AttributeData.long64([largest + 1]).converted(to: type) == nil)
        #expect(AttributeData.long64([.min]).converted(to: type) == nil)
        #expect(AttributeData.long64([]).converted(to: type)?.count == 0)
    }

    @Test func doublesGoIntoFloats() {
        #expect(AttributeData.double([0.5, .infinity]).converted(to: .float) == .float([0.5, .infinity]))
        #expect(AttributeData.double([.nan]).converted(to: .float)?.count == 1)
        #expect(AttributeData.double([1e300]).converted(to: .float) == nil)
        #expect(AttributeData.double([2]).converted(to: .long) == nil)
        #expect(AttributeData.long([2]).converted(to: .double) == nil)
    }
}
