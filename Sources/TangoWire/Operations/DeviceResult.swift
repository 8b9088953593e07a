package import TangoCore

/// The result of a request to a device, regardless of the version; `init` and `encode` read and write the structures of each version.
package enum DeviceResult: Sendable, Hashable {
    case void
    case boolean(Bool)
    case string(String)
    case strings([String])
    case state(DevState)
    case info(DeviceInfo)
    case commandInfos([CommandInfo])
    case commandInfo(CommandInfo)
    case command(CommandData)
    case commandHistory(CommandHistory)
    case attributeConfigs([AttributeConfig])
    case attributeValues([AttributeValue])
    case attributeHistory(AttributeHistory)
    case pipeConfigs([PipeConfig])
    case pipe(PipeValue)

    /// Reads the result of an operation; bytes left over are an error.
    package init(_ operation: Operation, _ reader: inout CDRReader) throws(CDRError) {
        let version = operation.interface
        switch operation.family {
        case .isA, .nonExistent: self = .boolean(try reader.boolean())
        case .name, .description, .status, .adminName: self = .string(try reader.string())
        case .state: self = .state(try reader.enumeration())
        case .interface, .ping, .setAttributeConfigs, .writeAttributes, .setPipeConfigs, .writePipe: self = .void
        case .blackBox: self = .strings(try reader.strings())
        case .info: self = .info(try DeviceInfo(&reader, version: version))
        case .commandList: self = .commandInfos(try Self.infos(&reader, version: version))
        case .commandInfo: self = .commandInfo(try CommandInfo(&reader, version: version))
        case .command: self = .command(try CommandData(any: &reader))
        case .commandHistory:
            self = .commandHistory(version >= 4 ? try CommandHistory(&reader) : try CommandHistory(records: &reader))
        case .attributeConfigs: self = .attributeConfigs(try AttributeConfig.decodeList(&reader, version: version))
        case .readAttributes, .writeReadAttributes: self = .attributeValues(try AttributeValue.decodeList(&reader, version: version))
        case .attributeHistory:
            self = .attributeHistory(
                version >= 4
                    ? try AttributeHistory(&reader, version: version) : try AttributeHistory(records: &reader, version: version))
        case .pipeConfigs: self = .pipeConfigs(try PipeConfig.decodeList(&reader))
        case .readPipe, .writeReadPipe: self = .pipe(try PipeValue(&reader))
        }
        guard reader.remaining == 0 else { throw .trailingBytes }
    }

    private static func infos(_ reader: inout CDRReader, version: Int) throws(CDRError) -> [CommandInfo] {
        try reader.sequence(minimumSize: 27) { (reader) throws(CDRError) in try CommandInfo(&reader, version: version) }
    }

    /// Whether the reply has a body.
    package var hasBody: Bool {
        if case .void = self { false } else { true }
    }

    /// Writes the result in the structure of the operation.
    package func encode(for operation: Operation, to writer: inout CDRWriter) {
        let version = operation.interface
        switch self {
        case .void: break
        case .boolean(let value): writer.boolean(value)
        case .string(let text): writer.string(text)
        case .strings(let texts): writer.strings(texts)
        case .state(let state): writer.enumeration(state)
        case .info(let info): info.encode(to: &writer, version: version)
        case .commandInfos(let infos): writer.sequence(infos) { $0.encode(to: &$1, version: version) }
        case .commandInfo(let info): info.encode(to: &writer, version: version)
        case .command(let data): data.encodeAny(to: &writer)
        case .commandHistory(let history):
            if version >= 4 { history.encode(to: &writer) } else { history.encodeRecords(to: &writer) }
        case .attributeConfigs(let configs): AttributeConfig.encodeList(configs, to: &writer, version: version)
        case .attributeValues(let values): AttributeValue.encodeList(values, to: &writer, version: version)
        case .attributeHistory(let history):
            if version >= 4 {
                history.encode(to: &writer, version: version)
            } else {
                history.encodeRecords(to: &writer, version: version)
            }
        case .pipeConfigs(let configs): PipeConfig.encodeList(configs, to: &writer)
        case .pipe(let value): value.encode(to: &writer)
        }
    }
}
