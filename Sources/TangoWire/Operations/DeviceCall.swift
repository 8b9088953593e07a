import TangoCore

/// A call on a device with its arguments: one case per thing asked for, the interface version beside it.
package enum DeviceCall: Sendable, Hashable {
    case isA(String)
    case nonExistent
    /// `_interface`, which nobody can answer without an interface repository.
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
    /// Versions 1, 3, 4; the identity from 4 on. Of each value only name, data and `writeDimension` count (`readDimension` before
    /// version 4): peers send garbage in the rest.
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

    /// The operation that carries the call.
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
        case .info(let version): version >= 6 ? .info6 : version >= 3 ? .info3 : .info
        case .commandList(let version): version >= 2 ? .commandListQuery2 : .commandListQuery
        case .commandInfo(_, let version): version >= 2 ? .commandQuery2 : .commandQuery
        case .command(_, _, _, _, let version): version >= 4 ? .commandInout4 : version >= 2 ? .commandInout2 : .commandInout
        case .commandHistory(_, _, let version): version >= 4 ? .commandInoutHistory4 : .commandInoutHistory2
        case .attributeConfigs(_, let version):
            version >= 5
                ? .getAttributeConfig5 : version >= 3 ? .getAttributeConfig3 : version == 2 ? .getAttributeConfig2 : .getAttributeConfig
        case .setAttributeConfigs(_, _, let version):
            version >= 5
                ? .setAttributeConfig5 : version == 4 ? .setAttributeConfig4 : version == 3 ? .setAttributeConfig3 : .setAttributeConfig
        case .readAttributes(_, _, _, let version):
            switch version {
            case ...1: .readAttributes
            case 2: .readAttributes2
            case 3: .readAttributes3
            case 4: .readAttributes4
            default: .readAttributes5
            }
        case .writeAttributes(_, _, let version): version >= 4 ? .writeAttributes4 : version == 3 ? .writeAttributes3 : .writeAttributes
        case .writeReadAttributes(_, _, _, let version): version >= 5 ? .writeReadAttributes5 : .writeReadAttributes4
        case .attributeHistory(_, _, let version):
            switch version {
            case ...2: .readAttributeHistory2
            case 3: .readAttributeHistory3
            case 4: .readAttributeHistory4
            default: .readAttributeHistory5
            }
        case .pipeConfigs: .getPipeConfig5
        case .setPipeConfigs: .setPipeConfig5
        case .readPipe: .readPipe5
        case .writePipe: .writePipe5
        case .writeReadPipe: .writeReadPipe5
        }
    }

    /// Whether the request has arguments (they are aligned to 8 in GIOP 1.2, and only then is there padding).
    package var hasArguments: Bool {
        switch self {
        case .nonExistent, .interface, .name, .description, .state, .status, .adminName, .ping, .info, .commandList: false
        default: true
        }
    }

    /// Reads the arguments of an operation, all of them: bytes left over are an error.
    package init(_ operation: Operation, _ reader: inout CDRReader) throws(CDRError) {
        switch operation {
        case .isA: self = .isA(try reader.string())
        case .nonExistent: self = .nonExistent
        case .interface: self = .interface
        case .getName: self = .name
        case .getDescription: self = .description
        case .getState: self = .state
        case .getStatus: self = .status
        case .getAdmName: self = .adminName
        case .ping: self = .ping
        case .blackBox: self = .blackBox(try reader.int32())
        case .info: self = .info(version: 1)
        case .info3: self = .info(version: 3)
        case .info6: self = .info(version: 6)
        case .commandListQuery: self = .commandList(version: 1)
        case .commandListQuery2: self = .commandList(version: 2)
        case .commandQuery: self = .commandInfo(try reader.string(), version: 1)
        case .commandQuery2: self = .commandInfo(try reader.string(), version: 2)
        case .commandInout: self = try Self.command(&reader, version: 1)
        case .commandInout2: self = try Self.command(&reader, version: 2)
        case .commandInout4: self = try Self.command(&reader, version: 4)
        case .commandInoutHistory2: self = .commandHistory(try reader.string(), count: try reader.int32(), version: 2)
        case .commandInoutHistory4: self = .commandHistory(try reader.string(), count: try reader.int32(), version: 4)
        case .getAttributeConfig: self = .attributeConfigs(try reader.strings(), version: 1)
        case .getAttributeConfig2: self = .attributeConfigs(try reader.strings(), version: 2)
        case .getAttributeConfig3: self = .attributeConfigs(try reader.strings(), version: 3)
        case .getAttributeConfig5: self = .attributeConfigs(try reader.strings(), version: 5)
        case .setAttributeConfig: self = try Self.setConfigs(&reader, version: 1)
        case .setAttributeConfig3: self = try Self.setConfigs(&reader, version: 3)
        case .setAttributeConfig4: self = try Self.setConfigs(&reader, version: 4)
        case .setAttributeConfig5: self = try Self.setConfigs(&reader, version: 5)
        case .readAttributes: self = try Self.read(&reader, version: 1)
        case .readAttributes2: self = try Self.read(&reader, version: 2)
        case .readAttributes3: self = try Self.read(&reader, version: 3)
        case .readAttributes4: self = try Self.read(&reader, version: 4)
        case .readAttributes5: self = try Self.read(&reader, version: 5)
        case .writeAttributes: self = .writeAttributes(try AttributeValue.decodeList(&reader, version: 1), identity: nil, version: 1)
        case .writeAttributes3: self = .writeAttributes(try AttributeValue.decodeList(&reader, version: 1), identity: nil, version: 3)
        case .writeAttributes4:
            self = .writeAttributes(
                try AttributeValue.decodeList(&reader, version: 4), identity: try ClientIdentity(&reader), version: 4)
        case .writeReadAttributes4:
            self = .writeReadAttributes(
                try AttributeValue.decodeList(&reader, version: 4), read: [], identity: try ClientIdentity(&reader), version: 4)
        case .writeReadAttributes5:
            self = .writeReadAttributes(
                try AttributeValue.decodeList(&reader, version: 4), read: try reader.strings(), identity: try ClientIdentity(&reader),
                version: 5)
        case .readAttributeHistory2: self = .attributeHistory(try reader.string(), count: try reader.int32(), version: 2)
        case .readAttributeHistory3: self = .attributeHistory(try reader.string(), count: try reader.int32(), version: 3)
        case .readAttributeHistory4: self = .attributeHistory(try reader.string(), count: try reader.int32(), version: 4)
        case .readAttributeHistory5: self = .attributeHistory(try reader.string(), count: try reader.int32(), version: 5)
        case .getPipeConfig5: self = .pipeConfigs(try reader.strings())
        case .setPipeConfig5: self = .setPipeConfigs(try PipeConfig.decodeList(&reader), identity: try ClientIdentity(&reader))
        case .readPipe5: self = .readPipe(try reader.string(), identity: try ClientIdentity(&reader))
        case .writePipe5: self = .writePipe(try PipeValue(&reader), identity: try ClientIdentity(&reader))
        case .writeReadPipe5: self = .writeReadPipe(try PipeValue(&reader), identity: try ClientIdentity(&reader))
        }
        guard reader.remaining == 0 else { throw .trailingBytes }
    }

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
        let configs = try AttributeConfig.decodeList(&reader, version: version == 4 ? 3 : version)
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
            AttributeConfig.encodeList(configs, to: &writer, version: version == 4 ? 3 : version)
            if version >= 4 { identity?.encode(to: &writer) }
        case .readAttributes(let names, let source, let identity, let version):
            writer.strings(names)
            if version >= 2 { writer.enumeration(source) }
            if version >= 4 { identity?.encode(to: &writer) }
        case .writeAttributes(let values, let identity, let version):
            AttributeValue.encodeList(values, to: &writer, version: version >= 4 ? 4 : 1)
            if version >= 4 { identity?.encode(to: &writer) }
        case .writeReadAttributes(let values, let names, let identity, let version):
            AttributeValue.encodeList(values, to: &writer, version: 4)
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

    /// Who calls, where the call says so.
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
