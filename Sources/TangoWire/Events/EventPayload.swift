package import NIOCore
package import TangoCore

/// What an event brings: the fourth frame of a message.
package enum EventPayload: Sendable, Hashable {
    /// The value of an attribute.
    case value(AttributeValue)
    /// The configuration of an attribute.
    case attributeConfig(AttributeConfig)
    /// Data are ready to be read.
    case dataReady(DataReady)
    /// The members of a device.
    case interfaceChange(InterfaceChange)
    /// The value of a pipe.
    case pipe(PipeValue)
    /// An error in place of what was expected.
    case failure(DevFailed)

    /// The structure that a frame holds, unless its `EventCallInfo` says that it is an error.
    package enum Layout: Sendable, Hashable {
        /// AttributeValue_3, _4 or _5.
        case value(version: Int)
        /// AttributeConfig_2, _3 or _5.
        case attributeConfig(version: Int)
        /// AttDataReady.
        case dataReady
        /// DevIntrChange.
        case interfaceChange
        /// DevPipeData.
        case pipe
    }

    /// The number in front of the data, whose alignment counts from behind it. In front of a pipe it stands twice.
    private static let magic: UInt32 = 0xDEC0_DEC0

    /// Reads a frame.
    ///
    /// The number in front of the data is not looked at, as in cppTango: publishers write it in different byte orders.
    package init(_ bytes: RawSpan, isLittleEndian: Bool, isError: Bool, layout: Layout) throws(CDRError) {
        var offset = 4
        if layout == .pipe, !isError || Self.isMagic(bytes, at: 4) { offset = 8 }
        guard bytes.byteCount > offset else { throw .truncated }
        var reader = CDRReader(bytes.extracting(offset..<bytes.byteCount), isLittleEndian: isLittleEndian)
        if isError {
            self = .failure(DevFailed(errors: try DevError.decodeList(&reader)))
            return
        }
        switch layout {
        case .value(let version): self = .value(try AttributeValue(&reader, version: version))
        case .attributeConfig(let version): self = .attributeConfig(try AttributeConfig(&reader, version: version))
        case .dataReady: self = .dataReady(try DataReady(&reader))
        case .interfaceChange: self = .interfaceChange(try InterfaceChange(&reader))
        case .pipe: self = .pipe(try PipeValue(&reader))
        }
    }

    private static func isMagic(_ bytes: RawSpan, at offset: Int) -> Bool {
        guard bytes.byteCount >= offset + 4 else { return false }
        // The range was checked on the line above.
        let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return word == Self.magic || word == Self.magic.byteSwapped
    }

    /// Whether it is an error.
    package var isError: Bool { if case .failure = self { true } else { false } }

    /// Returns the frame.
    /// - Parameter version: interface version whose structures are written for values (3 to 5) and configurations (2, 3 or 5).
    package func encoded(version: Int) -> ByteBuffer {
        var writer = CDRWriter()
        writer.uint32(Self.magic)
        if case .pipe = self { writer.uint32(Self.magic) }
        writer.alignFromHere()
        switch self {
        case .value(let value): value.encode(to: &writer, version: version)
        case .attributeConfig(let config): config.encode(to: &writer, version: version)
        case .dataReady(let announcement): announcement.encode(to: &writer)
        case .interfaceChange(let change): change.encode(to: &writer)
        case .pipe(let value): value.encode(to: &writer)
        case .failure(let failure): DevError.encodeList(failure.errors, to: &writer)
        }
        return writer.finish()
    }
}

extension DataReady {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(attribute: try reader.string(), typeNumber: try reader.int32(), counter: try reader.int32())
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.attribute)
        writer.int32(self.typeNumber)
        writer.int32(self.counter)
    }
}

extension InterfaceChange {
    init(_ reader: inout CDRReader) throws(CDRError) {
        let isDeviceStarted = try reader.boolean()
        let commands = try reader.sequence(minimumSize: 32) { (reader) throws(CDRError) in try CommandInfo(&reader, version: 2) }
        self.init(
            isDeviceStarted: isDeviceStarted, commands: commands, attributes: try AttributeConfig.decodeList(&reader, version: 5))
    }

    func encode(to writer: inout CDRWriter) {
        writer.boolean(self.isDeviceStarted)
        writer.sequence(self.commands) { $0.encode(to: &$1, version: 2) }
        AttributeConfig.encodeList(self.attributes, to: &writer, version: 5)
    }
}
