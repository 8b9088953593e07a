import Foundation
import NIOCore
import Testing

@testable import TangoWire

/// The recorded messages; their format is described in `Golden`'s source documentation.
enum Golden {
    struct Missing: Error {
        var what: String
    }

    /// Every file of GIOP messages with the number of its vectors, so that a lost file or an empty loop is noticed.
    static let giopFiles = [
        "admin": 22, "attributes": 146, "basic": 52, "commands": 77, "connection": 25, "database": 40, "event_subscription": 50,
        "legacy_operations": 82, "pipes": 10, "server_start": 56,
    ]

    static func vectors(_ file: String) throws -> [JSON] {
        guard let url = Bundle.module.url(forResource: file, withExtension: "json", subdirectory: "Golden") else {
            throw Missing(what: "\(file).json")
        }
        return try JSON(parsing: [UInt8](Data(contentsOf: url)))["vectors"]?.elements ?? []
    }

    /// The GIOP messages of a file.
    static func messages(_ file: String) throws -> [GoldenMessage] {
        try self.vectors(file).map { try GoldenMessage($0) }
    }

    /// All GIOP messages.
    static func allMessages() throws -> [GoldenMessage] {
        try self.giopFiles.keys.sorted().flatMap { try self.messages($0) }
    }
}

/// One recorded GIOP message.
struct GoldenMessage {
    var name: String
    /// As sent: first message and its fragments.
    var pieces: [[UInt8]]
    /// Offsets of bytes without meaning in the joined message.
    var padding: [Range<Int>]
    var decoded: JSON

    init(_ vector: JSON) throws {
        self.name = try #require(vector["name"]?.text)
        self.pieces = try #require(vector["messages"]).elements.map { try #require($0.text).unhexed() }
        self.padding = try #require(vector["padding"]).elements.map { range in
            let bounds = range.elements.compactMap(\.integer)
            try #require(bounds.count == 2)
            return bounds[0]..<(bounds[0] + bounds[1])
        }
        self.decoded = try #require(vector["decoded"])
    }

    /// The message as if it had been sent in one piece.
    var joined: [UInt8] {
        var bytes = self.pieces[0]
        for piece in self.pieces.dropFirst() { bytes += piece.dropFirst(MessageHeader.size + 4) }
        guard self.pieces.count > 1 else { return bytes }
        bytes[6] &= ~2
        let size = UInt32(bytes.count - MessageHeader.size)
        for index in 0..<4 { bytes[8 + index] = UInt8(truncatingIfNeeded: size >> (8 * UInt32(index))) }
        return bytes
    }

    /// The bytes with padding set to zero.
    func masked(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for index in self.padding.joined() where index < bytes.count { bytes[index] = 0 }
        return bytes
    }
}

/// Where two byte strings begin to differ, as a readable text; `nil` when they are equal.
func difference(_ left: [UInt8], _ right: [UInt8]) -> String? {
    guard left != right else { return nil }
    let offset = zip(left, right).enumerated().first { $0.element.0 != $0.element.1 }?.offset ?? min(left.count, right.count)
    let range = max(0, offset - 8)..<(offset + 16)
    return "lengths \(left.count) and \(right.count), first difference at \(offset): "
        + "\(Array(left[range.clamped(to: left.indices)]).hexadecimal) and \(Array(right[range.clamped(to: right.indices)]).hexadecimal)"
}

/// Reads values from bytes.
func reading<R, E: Error>(
    _ bytes: [UInt8], at position: Int = 0, littleEndian: Bool = true, _ body: (inout CDRReader) throws(E) -> R
) throws(E) -> R {
    var reader = CDRReader(bytes.span.bytes, position: position, isLittleEndian: littleEndian)
    return try body(&reader)
}

/// The bytes `body` writes.
func writing(_ body: (inout CDRWriter) -> Void) -> [UInt8] {
    var writer = CDRWriter()
    body(&writer)
    return writer.finishBytes()
}

/// Every message in a stream of bytes handed over in pieces.
func split(_ pieces: some Sequence<[UInt8]>, limit: Int = MessageSplitter.defaultMaximumMessageSize) throws -> [Message] {
    var splitter = MessageSplitter(maximumMessageSize: limit)
    var messages: [Message] = []
    for piece in pieces {
        splitter.append(ByteBuffer(bytes: piece))
        while let message = try splitter.next() { messages.append(message) }
    }
    return messages
}

/// The error `body` throws, whatever its type.
func thrown(_ body: () throws -> Void) -> (any Error)? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

extension String {
    /// Bytes of hexadecimal digits.
    func unhexed() throws -> [UInt8] {
        let digits = Array(self.utf8)
        return try stride(from: 0, to: digits.count - 1, by: 2).map { index in
            try #require(UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16))
        }
    }
}

extension [UInt8] {
    var hexadecimal: String {
        let digits = [UInt8]("0123456789abcdef".utf8)
        return String(decoding: self.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
