package import TangoCore

/// An interoperable object reference (CORBA).
package struct IOR: Sendable, Hashable {
    /// Repository ID, such as `IDL:Tango/Device_5:1.0`.
    package var typeID: String
    package var profiles: [Profile]

    /// One profile, decoded if it is IIOP.
    package enum Profile: Sendable, Hashable {
        case iiop(IIOPProfile)
        case other(tag: UInt32, data: [UInt8])
    }

    package init(typeID: String, profiles: [Profile]) {
        self.typeID = typeID
        self.profiles = profiles
    }

    /// Creates a reference with one IIOP 1.2 profile and the code sets, which ORBs expect.
    package init(typeID: String, host: String, port: UInt16, objectKey: String) {
        self.init(
            typeID: typeID,
            profiles: [.iiop(IIOPProfile(version: .v1_2, host: host, port: port, objectKey: objectKey, components: [Self.codeSets]))])
    }

    /// Component CodeSets: ISO 8859-1 (UTF-8 for conversion), wide characters UTF-16.
    private static let codeSets: IIOPProfile.TaggedComponent = {
        var writer = CDRWriter()
        writer.boolean(CDRWriter.isLittleEndian)
        writer.uint32(0x0001_0001)
        writer.numbers([0x0501_0001 as UInt32])
        writer.uint32(0x0001_0109)
        writer.numbers([0x0001_0109 as UInt32])
        return .init(tag: 1, data: writer.finishBytes())
    }()

    /// The first IIOP profile.
    package var iiopProfile: IIOPProfile? {
        for case .iiop(let profile) in self.profiles { return profile }
        return nil
    }

    /// Interface version of a Tango device: 6 for `IDL:Tango/Device_6:1.0`, 1 for `IDL:Tango/Device:1.0`; `nil` for other types.
    package var deviceVersion: Int? {
        guard self.typeID.hasPrefix("IDL:Tango/Device"), self.typeID.hasSuffix(":1.0") else { return nil }
        let middle = self.typeID.dropFirst("IDL:Tango/Device".count).dropLast(4)
        if middle.isEmpty { return 1 }
        return middle.hasPrefix("_") ? Int(middle.dropFirst()) : nil
    }

    package init(_ reader: inout CDRReader) throws(CDRError) {
        self.typeID = try reader.string()
        self.profiles = try reader.sequence(minimumSize: 8) { (reader) throws(CDRError) in
            let tag = try reader.uint32()
            let data = try reader.octetSequence()
            guard tag == 0, let first = data.first else { return .other(tag: tag, data: data) }
            var inner = CDRReader(data.span.bytes, position: 1, isLittleEndian: first & 1 == 1)
            return .iiop(try IIOPProfile(&inner))
        }
    }

    package func encode(to writer: inout CDRWriter) {
        writer.string(self.typeID)
        writer.sequence(self.profiles) { profile, writer in
            switch profile {
            case .iiop(let profile):
                writer.uint32(0)
                writer.encapsulation { profile.encode(to: &$0) }
            case .other(let tag, let data):
                writer.uint32(tag)
                writer.octetSequence(data)
            }
        }
    }

    /// Parses `IOR:` and hexadecimal digits.
    /// - Throws: `API_CorbaException` when it is malformed.
    package init(parsing text: String) throws(DevFailed) {
        let digits = Array(text.utf8)
        guard digits.count > 4, digits.count % 2 == 0, text.prefix(4).lowercased() == "ior:" else { throw Self.malformed(text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 4, to: digits.count, by: 2) {
            guard let high = Self.digit(digits[index]), let low = Self.digit(digits[index + 1]) else { throw Self.malformed(text) }
            bytes.append(high << 4 | low)
        }
        do {
            var reader = CDRReader(bytes.span.bytes, position: 1, isLittleEndian: bytes[0] & 1 == 1)
            try self.init(&reader)
        } catch {
            throw Self.malformed(text)
        }
    }

    private static func malformed(_ text: String) -> DevFailed {
        DevFailed(.corbaException, "Not an object reference: \(text.prefix(80))", origin: "IOR")
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// `IOR:` and lower-case hexadecimal digits.
    package var text: String {
        var writer = CDRWriter()
        writer.boolean(CDRWriter.isLittleEndian)
        self.encode(to: &writer)
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("IOR:".utf8)
        for byte in writer.finishBytes() {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
