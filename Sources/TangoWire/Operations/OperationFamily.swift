/// A request of the Tango IDL regardless of its version: `read_attributes` to `read_attributes_5` are one family.
///
/// Which versions a family has is known to `Operation` alone (`Operation.family` and `Operation.interface`); callers choose a version with
/// `newest(upTo:)`.
package enum OperationFamily: UInt8, CaseIterable, Sendable, Hashable {
    case isA, nonExistent, interface
    case name, description, state, status, adminName
    case ping, blackBox, info
    case commandList, commandInfo, command, commandHistory
    case attributeConfigs, setAttributeConfigs, readAttributes, writeAttributes, writeReadAttributes, attributeHistory
    case pipeConfigs, setPipeConfigs, readPipe, writePipe, writeReadPipe

    /// For each family and interface the newest operation, row by row.
    private static let table: [Operation] = Self.allCases.flatMap { family in
        let operations = Operation.allCases.filter { $0.family == family }.sorted { $0.interface < $1.interface }
        return (0...Operation.newestInterface).compactMap { interface in
            operations.last { $0.interface <= interface } ?? operations.first
        }
    }

    /// Returns the newest operation of the family that devices of an interface have; the oldest one when they have none.
    package func operation(upTo interface: Int) -> Operation {
        Self.table[Int(self.rawValue) * (Operation.newestInterface + 1) + min(max(interface, 0), Operation.newestInterface)]
    }

    /// Returns the newest version of the family that devices of an interface have; the oldest one when they have none.
    package func newest(upTo interface: Int) -> Int {
        self.operation(upTo: interface).interface
    }
}
