import Testing

@testable import TangoWire

private typealias Operation = TangoWire.Operation

struct OperationFamilyTests {
    @Test(
        arguments: [
            (OperationFamily.info, [1, 1, 1, 3, 3, 3, 6]),
            (.commandList, [1, 1, 2, 2, 2, 2, 2]),
            (.commandInfo, [1, 1, 2, 2, 2, 2, 2]),
            (.command, [1, 1, 2, 2, 4, 4, 4]),
            (.commandHistory, [2, 2, 2, 2, 4, 4, 4]),
            (.attributeConfigs, [1, 1, 2, 3, 3, 5, 5]),
            (.setAttributeConfigs, [1, 1, 1, 3, 4, 5, 5]),
            (.readAttributes, [1, 1, 2, 3, 4, 5, 5]),
            (.writeAttributes, [1, 1, 1, 3, 4, 4, 4]),
            (.writeReadAttributes, [4, 4, 4, 4, 4, 5, 5]),
            (.attributeHistory, [2, 2, 2, 3, 4, 5, 5]),
            (.pipeConfigs, [5, 5, 5, 5, 5, 5, 5]),
            (.isA, [0, 0, 0, 0, 0, 0, 0]),
        ] as [(OperationFamily, [Int])])
    func newestVersion(family: OperationFamily, versions: [Int]) {
        #expect((0...6).map { family.newest(upTo: $0) } == versions)
    }

    @Test func interfacesBeyondTheKnownOnesAreTheNearest() {
        #expect(OperationFamily.readAttributes.newest(upTo: 7) == 5)
        #expect(OperationFamily.info.newest(upTo: .max) == 6)
        #expect(OperationFamily.info.newest(upTo: -1) == 1)
    }

    @Test func everyOperationIsFoundByFamilyAndVersion() {
        for operation in Operation.allCases {
            #expect(operation.family.operation(upTo: operation.interface) == operation)
        }
    }

    @Test func theNameOfAnOperationEndsWithItsVersion() {
        for operation in Operation.allCases {
            let suffix = operation.name.split(separator: "_").last.flatMap { Int($0) }
            #expect(suffix ?? 1 == max(1, operation.interface), "\(operation.name)")
        }
    }
}
