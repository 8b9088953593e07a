/// An IIOP profile: the address and key of an object.
package struct IIOPProfile: Sendable, Hashable {
    package var version: GIOPVersion
    package var host: String
    package var port: UInt16
    package var objectKey: String
    /// Tagged components, not decoded.
    package var components: [TaggedComponent]

    /// A component with its tag.
    package struct TaggedComponent: Sendable, Hashable {
        package var tag: UInt32
        package var data: [UInt8]

        package init(tag: UInt32, data: [UInt8]) {
            self.tag = tag
            self.data = data
        }
    }

    package init(version: GIOPVersion, host: String, port: UInt16, objectKey: String, components: [TaggedComponent] = []) {
        self.version = version
        self.host = host
        self.port = port
        self.objectKey = objectKey
        self.components = components
    }

    /// Further addresses of the object (component 3, TAG_ALTERNATE_IIOP_ADDRESS).
    package var alternateAddresses: [(host: String, port: UInt16)] {
        self.components.compactMap { component -> (host: String, port: UInt16)? in
            guard component.tag == 3, let first = component.data.first else { return nil }
            var reader = CDRReader(component.data.span.bytes, position: 1, isLittleEndian: first & 1 == 1)
            guard let host = try? reader.string(), let port = try? reader.uint16() else { return nil }
            return (host, port)
        }
    }
}

extension IIOPProfile {
    init(_ reader: inout CDRReader) throws(CDRError) {
        guard try reader.octet() == 1 else { throw .badValue }
        // Later minor versions begin with the same fields.
        self.version = GIOPVersion(rawValue: min(try reader.octet(), 2)) ?? .v1_2
        self.host = try reader.string()
        self.port = try reader.uint16()
        self.objectKey = try reader.octetText()
        self.components =
            self.version == .v1_0
            ? []
            : try reader.sequence(minimumSize: 8) { (reader) throws(CDRError) in
                TaggedComponent(tag: try reader.uint32(), data: try reader.octetSequence())
            }
    }

    func encode(to writer: inout CDRWriter) {
        writer.octet(1)
        writer.octet(self.version.rawValue)
        writer.string(self.host)
        writer.uint16(self.port)
        writer.octetText(self.objectKey)
        guard self.version != .v1_0 else { return }
        writer.sequence(self.components) { component, writer in
            writer.uint32(component.tag)
            writer.octetSequence(component.data)
        }
    }
}
