/// The one policy for text with letters beyond ASCII.
///
/// Tango carries text as bytes without saying in which encoding. Inside this package a `String` in *wire form* has one scalar (U+0000 to
/// U+00FF) per byte, so that every byte sequence survives; a `String` in *readable form* is what a person reads. Codec, kernel and database
/// work in wire form; the client library, the command line and the REST gateway show and take readable form. See `Compatibility T`.
package enum TangoText {
    /// Kinds of text that peers encode differently.
    package enum Kind: Sendable, Hashable {
        /// Names, labels, units, descriptions, status, errors, properties: UTF-8, as PyTango 10 and C++ programs with UTF-8 sources do.
        case metadata
        /// Values of attributes and commands: Latin-1 where it fits, as PyTango does, else UTF-8.
        case value
    }

    /// Returns the readable form of a text in wire form: UTF-8 where the bytes are valid UTF-8, else Latin-1.
    package static func readable(_ wire: String) -> String {
        if wire.isASCII { return wire }
        guard let bytes = Self.bytes(wire) else { return wire }
        return String(validating: bytes, as: UTF8.self) ?? wire
    }

    /// Returns the wire form of a readable text.
    ///
    /// `readable(_:)` of the result is the text again, whatever the kind: a value that would be read as UTF-8 when sent as Latin-1 (such as
    /// "Ã©") is sent as UTF-8.
    package static func wire(_ text: String, _ kind: Kind) -> String {
        if text.isASCII { return text }
        if kind == .value, let bytes = Self.bytes(text), String(validating: bytes, as: UTF8.self) == nil { return text }
        return Self.latin1(text.utf8)
    }

    /// Whether a readable text can have come from other bytes than those it is sent as: from Latin-1, which a name that old programs made may
    /// be in.
    package static func hasLatin1Form(_ text: String) -> Bool {
        guard !text.isASCII, let bytes = Self.bytes(text) else { return false }
        return String(validating: bytes, as: UTF8.self) == nil
    }

    /// Returns the name among those in wire form that reads as the text, compared without case; of several the one in UTF-8.
    package static func wireName(_ text: String, among names: some Sequence<String>) -> String? {
        let (wanted, sent) = (text.tangoFolded, Self.wire(text, .metadata).tangoFolded)
        var found: String?
        for name in names {
            let folded = name.tangoFolded
            if folded == sent { return name }
            if found == nil, !name.isASCII, Self.readable(folded) == wanted { found = name }
        }
        return found
    }

    /// Returns the wire form of metadata that may be in wire form already, as texts of the kernel that quote a name: bytes that are valid
    /// UTF-8 are left as they are.
    package static func wireMetadata(_ text: String) -> String {
        if text.isASCII { return text }
        if let bytes = Self.bytes(text), String(validating: bytes, as: UTF8.self) != nil { return text }
        return Self.latin1(text.utf8)
    }

    /// Returns a value in wire form as code of a device reads it: text beyond Latin-1 becomes what it spells, anything else stays one scalar
    /// per byte, so that a value given back travels with the bytes it came with.
    package static func authorValue(_ wire: String) -> String {
        if wire.isASCII { return wire }
        guard let bytes = Self.bytes(wire), let text = String(validating: bytes, as: UTF8.self),
            text.unicodeScalars.contains(where: { $0.value > 0xFF })
        else { return wire }
        return text
    }

    /// Returns a text of one scalar per byte.
    package static func latin1(_ bytes: some Sequence<UInt8>) -> String {
        var scalars = String.UnicodeScalarView()
        for byte in bytes { scalars.append(Unicode.Scalar(byte)) }
        return String(scalars)
    }

    /// The bytes of a text in wire form; `nil` when a scalar is beyond U+00FF.
    private static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            guard scalar.value <= 0xFF else { return nil }
            bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        }
        return bytes
    }
}

extension String {
    /// Whether the text has ASCII characters only.
    package var isASCII: Bool { self.utf8.allSatisfy { $0 < 0x80 } }
}
