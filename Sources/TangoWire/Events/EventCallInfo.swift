/// The third frame of a message (IDL `ZmqCallInfo`).
package struct EventCallInfo: Sendable, Hashable {
    /// Number of the event on its topic, from 1; meaningless in heartbeats.
    package var counter: UInt32
    /// Whether the fourth frame holds an error stack.
    package var isError: Bool

    /// Creates a frame.
    package init(counter: UInt32, isError: Bool = false) {
        self.counter = counter
        self.isError = isError
    }

    /// The version of the structure.
    private static let version: Int32 = 1

    /// Reads a frame; what it has besides counter and kind is not looked at.
    package init(_ reader: inout CDRReader) throws(CDRError) {
        _ = try reader.int32()
        self.counter = try reader.uint32()
        try reader.skipString()
        let objectSize = try reader.count(minimumSize: 1)
        try reader.skip(objectSize)
        self.isError = try reader.boolean()
    }

    /// Writes the frame.
    package func encode(to writer: inout CDRWriter) {
        writer.int32(Self.version)
        writer.uint32(self.counter)
        writer.string("")
        writer.length(0)
        writer.boolean(self.isError)
    }
}
