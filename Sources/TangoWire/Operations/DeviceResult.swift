import TangoCore

/// The result of a call on a device, whatever the interface version; `encode` and `init` know how each version carries it.
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

    /// Reads the result of an operation, all of it: bytes left over are an error.
    package init(_ operation: Operation, _ reader: inout CDRReader) throws(CDRError) {
        switch operation {
        case .isA, .nonExistent: self = .boolean(try reader.boolean())
        case .getName, .getDescription, .getStatus, .getAdmName: self = .string(try reader.string())
        case .getState: self = .state(try reader.enumeration())
        case .interface, .ping, .setAttributeConfig, .setAttributeConfig3, .setAttributeConfig4, .setAttributeConfig5, .writeAttributes,
            .writeAttributes3, .writeAttributes4, .setPipeConfig5, .writePipe5:
            self = .void
        case .blackBox: self = .strings(try reader.strings())
        case .info: self = .info(try DeviceInfo(&reader, version: 1))
        case .info3: self = .info(try DeviceInfo(&reader, version: 3))
        case .info6: self = .info(try DeviceInfo(&reader, version: 6))
        case .commandListQuery: self = .commandInfos(try Self.infos(&reader, version: 1))
        case .commandListQuery2: self = .commandInfos(try Self.infos(&reader, version: 2))
        case .commandQuery: self = .commandInfo(try CommandInfo(&reader, version: 1))
        case .commandQuery2: self = .commandInfo(try CommandInfo(&reader, version: 2))
        case .commandInout, .commandInout2, .commandInout4: self = .command(try CommandData(any: &reader))
        case .commandInoutHistory2: self = .commandHistory(try CommandHistory(records: &reader))
        case .commandInoutHistory4: self = .commandHistory(try CommandHistory(&reader))
        case .getAttributeConfig: self = .attributeConfigs(try AttributeConfig.decodeList(&reader, version: 1))
        case .getAttributeConfig2: self = .attributeConfigs(try AttributeConfig.decodeList(&reader, version: 2))
        case .getAttributeConfig3: self = .attributeConfigs(try AttributeConfig.decodeList(&reader, version: 3))
        case .getAttributeConfig5: self = .attributeConfigs(try AttributeConfig.decodeList(&reader, version: 5))
        case .readAttributes, .readAttributes2: self = .attributeValues(try AttributeValue.decodeList(&reader, version: 1))
        case .readAttributes3: self = .attributeValues(try AttributeValue.decodeList(&reader, version: 3))
        case .readAttributes4, .writeReadAttributes4: self = .attributeValues(try AttributeValue.decodeList(&reader, version: 4))
        case .readAttributes5, .writeReadAttributes5: self = .attributeValues(try AttributeValue.decodeList(&reader, version: 5))
        case .readAttributeHistory2: self = .attributeHistory(try AttributeHistory(records: &reader, version: 2))
        case .readAttributeHistory3: self = .attributeHistory(try AttributeHistory(records: &reader, version: 3))
        case .readAttributeHistory4: self = .attributeHistory(try AttributeHistory(&reader, version: 4))
        case .readAttributeHistory5: self = .attributeHistory(try AttributeHistory(&reader, version: 5))
        case .getPipeConfig5: self = .pipeConfigs(try PipeConfig.decodeList(&reader))
        case .readPipe5, .writeReadPipe5: self = .pipe(try PipeValue(&reader))
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

    /// Writes the result the way the operation's version carries it.
    package func encode(for operation: Operation, to writer: inout CDRWriter) {
        switch self {
        case .void: break
        case .boolean(let value): writer.boolean(value)
        case .string(let text): writer.string(text)
        case .strings(let texts): writer.strings(texts)
        case .state(let state): writer.enumeration(state)
        case .info(let info): info.encode(to: &writer, version: operation == .info6 ? 6 : operation == .info3 ? 3 : 1)
        case .commandInfos(let infos):
            let version = operation == .commandListQuery2 ? 2 : 1
            writer.sequence(infos) { $0.encode(to: &$1, version: version) }
        case .commandInfo(let info): info.encode(to: &writer, version: operation == .commandQuery2 ? 2 : 1)
        case .command(let data): data.encodeAny(to: &writer)
        case .commandHistory(let history):
            if operation == .commandInoutHistory2 { history.encodeRecords(to: &writer) } else { history.encode(to: &writer) }
        case .attributeConfigs(let configs):
            let version =
                switch operation {
                case .getAttributeConfig: 1
                case .getAttributeConfig2: 2
                case .getAttributeConfig3: 3
                default: 5
                }
            AttributeConfig.encodeList(configs, to: &writer, version: version)
        case .attributeValues(let values):
            let version =
                switch operation {
                case .readAttributes, .readAttributes2: 1
                case .readAttributes3: 3
                case .readAttributes4, .writeReadAttributes4: 4
                default: 5
                }
            AttributeValue.encodeList(values, to: &writer, version: version)
        case .attributeHistory(let history):
            switch operation {
            case .readAttributeHistory2: history.encodeRecords(to: &writer, version: 2)
            case .readAttributeHistory3: history.encodeRecords(to: &writer, version: 3)
            case .readAttributeHistory4: history.encode(to: &writer, version: 4)
            default: history.encode(to: &writer, version: 5)
            }
        case .pipeConfigs(let configs): PipeConfig.encodeList(configs, to: &writer)
        case .pipe(let value): value.encode(to: &writer)
        }
    }
}

/// The exception a reply carries.
package enum UserException: Sendable, Hashable {
    case devFailed(DevFailed)
    case multiDevFailed(MultiDevFailed)
    /// An exception that is not Tango's.
    case unknown(String)

    private static let devFailedID = "IDL:Tango/DevFailed:1.0"
    private static let multiDevFailedID = "IDL:Tango/MultiDevFailed:1.0"

    package init(_ reader: inout CDRReader) throws(CDRError) {
        let id = try reader.string()
        switch id {
        case Self.devFailedID: self = .devFailed(DevFailed(errors: try DevError.decodeList(&reader)))
        case Self.multiDevFailedID:
            self = .multiDevFailed(
                MultiDevFailed(errors: try reader.sequence(minimumSize: 13) { (reader) throws(CDRError) in try NamedDevError(&reader) }))
        default: self = .unknown(id)
        }
    }

    package func encode(to writer: inout CDRWriter) {
        switch self {
        case .devFailed(let failed):
            writer.string(Self.devFailedID)
            DevError.encodeList(failed.errors, to: &writer)
        case .multiDevFailed(let failed):
            writer.string(Self.multiDevFailedID)
            writer.sequence(failed.errors) { $0.encode(to: &$1) }
        case .unknown(let id): writer.string(id)
        }
    }
}
