package import TangoCore

/// A request to a device with its arguments: one case per family of operations, with the version.
package enum DeviceCall: Sendable, Hashable {
    case isA(String)
    case nonExistent
    /// `_interface`, which needs an interface repository and always fails.
    case interface
    case name, description, state, status, adminName
    case ping
    case blackBox(Int32)
    /// Versions 1, 3, 6.
    case info(version: Int)
    /// Versions 1, 2.
    case commandList(version: Int)
    case commandInfo(String, version: Int)
    /// Versions 1, 2, 4; the source from 2 on, the identity from 4 on.
    case command(String, CommandData, source: DevSource, identity: ClientIdentity?, version: Int)
    /// Versions 2, 4.
    case commandHistory(String, count: Int32, version: Int)
    /// Versions 1, 2, 3, 5.
    case attributeConfigs([String], version: Int)
    /// Versions 1, 3, 4, 5; the identity from 4 on. Version 4 sends AttributeConfig_3.
    case setAttributeConfigs([AttributeConfig], identity: ClientIdentity?, version: Int)
    /// Versions 1 to 5; the source from 2 on, the identity from 4 on.
    case readAttributes([String], source: DevSource, identity: ClientIdentity?, version: Int)
    /// Versions 1, 3, 4; the identity from 4 on. Of each value, only name, data and `writeDimension` (`readDimension` before version 4) are
    /// significant: cppTango sends garbage in the rest.
    case writeAttributes([AttributeValue], identity: ClientIdentity?, version: Int)
    /// Versions 4, 5; the names to read from 5 on.
    case writeReadAttributes([AttributeValue], read: [String], identity: ClientIdentity, version: Int)
    /// Versions 2, 3, 4, 5.
    case attributeHistory(String, count: Int32, version: Int)
    case pipeConfigs([String])
    case setPipeConfigs([PipeConfig], identity: ClientIdentity)
    case readPipe(String, identity: ClientIdentity)
    case writePipe(PipeValue, identity: ClientIdentity)
    case writeReadPipe(PipeValue, identity: ClientIdentity)

    /// The operation of the request.
    package var operation: Operation {
        switch self {
        case .isA: .isA
        case .nonExistent: .nonExistent
        case .interface: .interface
        case .name: .getName
        case .description: .getDescription
        case .state: .getState
        case .status: .getStatus
        case .adminName: .getAdmName
        case .ping: .ping
        case .blackBox: .blackBox
        case .info(let version): OperationFamily.info.operation(upTo: version)
        case .commandList(let version): OperationFamily.commandList.operation(upTo: version)
        case .commandInfo(_, let version): OperationFamily.commandInfo.operation(upTo: version)
        case .command(_, _, _, _, let version): OperationFamily.command.operation(upTo: version)
        case .commandHistory(_, _, let version): OperationFamily.commandHistory.operation(upTo: version)
        case .attributeConfigs(_, let version): OperationFamily.attributeConfigs.operation(upTo: version)
        case .setAttributeConfigs(_, _, let version): OperationFamily.setAttributeConfigs.operation(upTo: version)
        case .readAttributes(_, _, _, let version): OperationFamily.readAttributes.operation(upTo: version)
        case .writeAttributes(_, _, let version): OperationFamily.writeAttributes.operation(upTo: version)
        case .writeReadAttributes(_, _, _, let version): OperationFamily.writeReadAttributes.operation(upTo: version)
        case .attributeHistory(_, _, let version): OperationFamily.attributeHistory.operation(upTo: version)
        case .pipeConfigs: .getPipeConfig5
        case .setPipeConfigs: .setPipeConfig5
        case .readPipe: .readPipe5
        case .writePipe: .writePipe5
        case .writeReadPipe: .writeReadPipe5
        }
    }

    /// Whether the request has arguments. In GIOP 1.2, padding to 8 precedes them.
    package var hasArguments: Bool {
        switch self {
        case .nonExistent, .interface, .name, .description, .state, .status, .adminName, .ping, .info, .commandList: false
        default: true
        }
    }

    /// Reads the arguments of an operation; bytes left over are an error.
    package init(_ operation: Operation, _ reader: inout CDRReader) throws(CDRError) {
        let version = operation.interface
        switch operation.family {
        case .isA: self = .isA(try reader.string())
        case .nonExistent: self = .nonExistent
        case .interface: self = .interface
        case .name: self = .name
        case .description: self = .description
        case .state: self = .state
        case .status: self = .status
        case .adminName: self = .adminName
        case .ping: self = .ping
        case .blackBox: self = .blackBox(try reader.int32())
        case .info: self = .info(version: version)
        case .commandList: self = .commandList(version: version)
        case .commandInfo: self = .commandInfo(try reader.string(), version: version)
        case .command: self = try Self.command(&reader, version: version)
        case .commandHistory: self = .commandHistory(try reader.string(), count: try reader.int32(), version: version)
        case .attributeConfigs: self = .attributeConfigs(try reader.strings(), version: version)
        case .setAttributeConfigs: self = try Self.setConfigs(&reader, version: version)
        case .readAttributes: self = try Self.read(&reader, version: version)
        case .writeAttributes:
            let values = try AttributeValue.decodeList(&reader, version: Self.writtenVersion(version))
            self = .writeAttributes(values, identity: version >= 4 ? try ClientIdentity(&reader) : nil, version: version)
        case .writeReadAttributes:
            let values = try AttributeValue.decodeList(&reader, version: Self.writtenVersion(version))
            let names = version >= 5 ? try reader.strings() : []
            self = .writeReadAttributes(values, read: names, identity: try ClientIdentity(&reader), version: version)
        case .attributeHistory: self = .attributeHistory(try reader.string(), count: try reader.int32(), version: version)
        case .pipeConfigs: self = .pipeConfigs(try reader.strings())
        case .setPipeConfigs: self = .setPipeConfigs(try PipeConfig.decodeList(&reader), identity: try ClientIdentity(&reader))
        case .readPipe: self = .readPipe(try reader.string(), identity: try ClientIdentity(&reader))
        case .writePipe: self = .writePipe(try PipeValue(&reader), identity: try ClientIdentity(&reader))
        case .writeReadPipe: self = .writeReadPipe(try PipeValue(&reader), identity: try ClientIdentity(&reader))
        }
        guard reader.remaining == 0 else { throw .trailingBytes }
    }

    /// Version of the values in a write: `write_attributes_3` sends `AttributeValue`, `write_read_attributes_5` sends `AttributeValue_4`.
    private static func writtenVersion(_ version: Int) -> Int { version >= 4 ? 4 : 1 }

    private static func command(_ reader: inout CDRReader, version: Int) throws(CDRError) -> DeviceCall {
        let name = try reader.string()
        let argument = try CommandData(any: &reader)
        let source: DevSource = version >= 2 ? try reader.enumeration() : .cacheDevice
        return .command(name, argument, source: source, identity: version >= 4 ? try ClientIdentity(&reader) : nil, version: version)
    }

    private static func read(_ reader: inout CDRReader, version: Int) throws(CDRError) -> DeviceCall {
        let names = try reader.strings()
        let source: DevSource = version >= 2 ? try reader.enumeration() : .cacheDevice
        return .readAttributes(names, source: source, identity: version >= 4 ? try ClientIdentity(&reader) : nil, version: version)
    }

    private static func setConfigs(_ reader: inout CDRReader, version: Int) throws(CDRError) -> DeviceCall {
        let configs = try AttributeConfig.decodeList(&reader, version: version)
        return .setAttributeConfigs(configs, identity: version >= 4 ? try ClientIdentity(&reader) : nil, version: version)
    }

    /// Writes the arguments.
    package func encode(to writer: inout CDRWriter) {
        switch self {
        case .nonExistent, .interface, .name, .description, .state, .status, .adminName, .ping, .info, .commandList: break
        case .isA(let id): writer.string(id)
        case .blackBox(let count): writer.int32(count)
        case .commandInfo(let name, _): writer.string(name)
        case .command(let name, let argument, let source, let identity, let version):
            writer.string(name)
            argument.encodeAny(to: &writer)
            if version >= 2 { writer.enumeration(source) }
            if version >= 4 { identity?.encode(to: &writer) }
        case .commandHistory(let name, let count, _), .attributeHistory(let name, let count, _):
            writer.string(name)
            writer.int32(count)
        case .attributeConfigs(let names, _), .pipeConfigs(let names): writer.strings(names)
        case .setAttributeConfigs(let configs, let identity, let version):
            AttributeConfig.encodeList(configs, to: &writer, version: version)
            if version >= 4 { identity?.encode(to: &writer) }
        case .readAttributes(let names, let source, let identity, let version):
            writer.strings(names)
            if version >= 2 { writer.enumeration(source) }
            if version >= 4 { identity?.encode(to: &writer) }
        case .writeAttributes(let values, let identity, let version):
            AttributeValue.encodeList(values, to: &writer, version: Self.writtenVersion(version))
            if version >= 4 { identity?.encode(to: &writer) }
        case .writeReadAttributes(let values, let names, let identity, let version):
            AttributeValue.encodeList(values, to: &writer, version: Self.writtenVersion(version))
            if version >= 5 { writer.strings(names) }
            identity.encode(to: &writer)
        case .setPipeConfigs(let configs, let identity):
            PipeConfig.encodeList(configs, to: &writer)
            identity.encode(to: &writer)
        case .readPipe(let name, let identity):
            writer.string(name)
            identity.encode(to: &writer)
        case .writePipe(let value, let identity), .writeReadPipe(let value, let identity):
            value.encode(to: &writer)
            identity.encode(to: &writer)
        }
    }

    /// The identity of the client; `nil` when the operation does not carry it.
    package var identity: ClientIdentity? {
        switch self {
        case .command(_, _, _, let identity, _), .setAttributeConfigs(_, let identity, _), .readAttributes(_, _, let identity, _),
            .writeAttributes(_, let identity, _):
            identity
        case .writeReadAttributes(_, _, let identity, _), .setPipeConfigs(_, let identity), .readPipe(_, let identity),
            .writePipe(_, let identity), .writeReadPipe(_, let identity):
            identity
        default: nil
        }
    }
}
