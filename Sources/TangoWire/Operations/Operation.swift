/// The operations of the interfaces `Device` to `Device_6`, and the implicit ones of every CORBA object.
package enum Operation: UInt8, CaseIterable, Sendable, Hashable {
    case isA, nonExistent, interface
    case getName, getDescription, getState, getStatus, getAdmName
    case commandInout, getAttributeConfig, setAttributeConfig, readAttributes, writeAttributes
    case ping, blackBox, info, commandListQuery, commandQuery
    case commandInout2, readAttributes2, getAttributeConfig2, commandListQuery2, commandQuery2, commandInoutHistory2, readAttributeHistory2
    case readAttributes3, writeAttributes3, readAttributeHistory3, info3, getAttributeConfig3, setAttributeConfig3
    case readAttributeHistory4, commandInoutHistory4, commandInout4, readAttributes4, writeAttributes4, setAttributeConfig4
    case writeReadAttributes4
    case getAttributeConfig5, setAttributeConfig5, readAttributes5, writeReadAttributes5, readAttributeHistory5
    case getPipeConfig5, setPipeConfig5, readPipe5, writePipe5, writeReadPipe5
    case info6

    /// Name on the wire.
    package var name: String {
        switch self {
        case .isA: "_is_a"
        case .nonExistent: "_non_existent"
        case .interface: "_interface"
        case .getName: "_get_name"
        case .getDescription: "_get_description"
        case .getState: "_get_state"
        case .getStatus: "_get_status"
        case .getAdmName: "_get_adm_name"
        case .commandInout: "command_inout"
        case .getAttributeConfig: "get_attribute_config"
        case .setAttributeConfig: "set_attribute_config"
        case .readAttributes: "read_attributes"
        case .writeAttributes: "write_attributes"
        case .ping: "ping"
        case .blackBox: "black_box"
        case .info: "info"
        case .commandListQuery: "command_list_query"
        case .commandQuery: "command_query"
        case .commandInout2: "command_inout_2"
        case .readAttributes2: "read_attributes_2"
        case .getAttributeConfig2: "get_attribute_config_2"
        case .commandListQuery2: "command_list_query_2"
        case .commandQuery2: "command_query_2"
        case .commandInoutHistory2: "command_inout_history_2"
        case .readAttributeHistory2: "read_attribute_history_2"
        case .readAttributes3: "read_attributes_3"
        case .writeAttributes3: "write_attributes_3"
        case .readAttributeHistory3: "read_attribute_history_3"
        case .info3: "info_3"
        case .getAttributeConfig3: "get_attribute_config_3"
        case .setAttributeConfig3: "set_attribute_config_3"
        case .readAttributeHistory4: "read_attribute_history_4"
        case .commandInoutHistory4: "command_inout_history_4"
        case .commandInout4: "command_inout_4"
        case .readAttributes4: "read_attributes_4"
        case .writeAttributes4: "write_attributes_4"
        case .setAttributeConfig4: "set_attribute_config_4"
        case .writeReadAttributes4: "write_read_attributes_4"
        case .getAttributeConfig5: "get_attribute_config_5"
        case .setAttributeConfig5: "set_attribute_config_5"
        case .readAttributes5: "read_attributes_5"
        case .writeReadAttributes5: "write_read_attributes_5"
        case .readAttributeHistory5: "read_attribute_history_5"
        case .getPipeConfig5: "get_pipe_config_5"
        case .setPipeConfig5: "set_pipe_config_5"
        case .readPipe5: "read_pipe_5"
        case .writePipe5: "write_pipe_5"
        case .writeReadPipe5: "write_read_pipe_5"
        case .info6: "info_6"
        }
    }

    /// The interface that introduced it, which is also its version within its family: 1 for `Device` … 6 for `Device_6`; 0 for the implicit
    /// operations of every CORBA object.
    package var interface: Int {
        switch self {
        case .isA, .nonExistent, .interface: 0
        case .getName, .getDescription, .getState, .getStatus, .getAdmName, .commandInout, .getAttributeConfig, .setAttributeConfig,
            .readAttributes, .writeAttributes, .ping, .blackBox, .info, .commandListQuery, .commandQuery:
            1
        case .commandInout2, .readAttributes2, .getAttributeConfig2, .commandListQuery2, .commandQuery2, .commandInoutHistory2,
            .readAttributeHistory2:
            2
        case .readAttributes3, .writeAttributes3, .readAttributeHistory3, .info3, .getAttributeConfig3, .setAttributeConfig3: 3
        case .readAttributeHistory4, .commandInoutHistory4, .commandInout4, .readAttributes4, .writeAttributes4, .setAttributeConfig4,
            .writeReadAttributes4:
            4
        case .getAttributeConfig5, .setAttributeConfig5, .readAttributes5, .writeReadAttributes5, .readAttributeHistory5, .getPipeConfig5,
            .setPipeConfig5, .readPipe5, .writePipe5, .writeReadPipe5:
            5
        case .info6: 6
        }
    }

    /// The newest interface of Tango, `Device_6`.
    package static let newestInterface = 6

    /// The request it is a version of.
    package var family: OperationFamily {
        switch self {
        case .isA: .isA
        case .nonExistent: .nonExistent
        case .interface: .interface
        case .getName: .name
        case .getDescription: .description
        case .getState: .state
        case .getStatus: .status
        case .getAdmName: .adminName
        case .ping: .ping
        case .blackBox: .blackBox
        case .info, .info3, .info6: .info
        case .commandListQuery, .commandListQuery2: .commandList
        case .commandQuery, .commandQuery2: .commandInfo
        case .commandInout, .commandInout2, .commandInout4: .command
        case .commandInoutHistory2, .commandInoutHistory4: .commandHistory
        case .getAttributeConfig, .getAttributeConfig2, .getAttributeConfig3, .getAttributeConfig5: .attributeConfigs
        case .setAttributeConfig, .setAttributeConfig3, .setAttributeConfig4, .setAttributeConfig5: .setAttributeConfigs
        case .readAttributes, .readAttributes2, .readAttributes3, .readAttributes4, .readAttributes5: .readAttributes
        case .writeAttributes, .writeAttributes3, .writeAttributes4: .writeAttributes
        case .writeReadAttributes4, .writeReadAttributes5: .writeReadAttributes
        case .readAttributeHistory2, .readAttributeHistory3, .readAttributeHistory4, .readAttributeHistory5: .attributeHistory
        case .getPipeConfig5: .pipeConfigs
        case .setPipeConfig5: .setPipeConfigs
        case .readPipe5: .readPipe
        case .writePipe5: .writePipe
        case .writeReadPipe5: .writeReadPipe
        }
    }

    /// Operations by the hash of their name; the name is compared after the look-up.
    private static let table: [UInt64: (operation: Operation, name: [UInt8])] = {
        var table: [UInt64: (operation: Operation, name: [UInt8])] = [:]
        for operation in Self.allCases {
            let name = Array(operation.name.utf8)
            table[name.withUnsafeBytes(Self.hash)] = (operation, name)
        }
        return table
    }()

    /// Returns the FNV-1a hash of bytes.
    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let entry = Self.table[Self.hash(bytes)], entry.name.elementsEqual(bytes) else { return nil }
        self = entry.operation
    }

    package init?(name: String) {
        guard let operation = Array(name.utf8).withUnsafeBytes({ Operation($0) }) else { return nil }
        self = operation
    }
}
