package import NIOCore
import TangoCore

/// A message as received: topic, byte order, call information and, unless it is a heartbeat, the data of an event.
package struct EventMessage: Sendable {
    /// Why frames are no message.
    package enum Malformed: Error, Hashable, Sendable {
        /// Not three or four frames.
        case frameCount(Int)
        /// The second frame is not one octet, 0 or 1.
        case byteOrder
        /// The third frame is no `ZmqCallInfo`.
        case callInfo(CDRError)
    }

    /// The topic as text: subscribers find what it belongs to by this text, and parse only topics they do not know.
    package let topic: String
    /// Counter and kind.
    package let callInfo: EventCallInfo
    /// Byte order of the data.
    package let isLittleEndian: Bool
    private let frames: EventFrames

    /// Reads the first three frames.
    package init(_ frames: EventFrames) throws(Malformed) {
        guard frames.count == 3 || frames.count == 4 else { throw .frameCount(frames.count) }
        let order = frames[1]
        guard order == [0] || order == [1] else { throw .byteOrder }
        self.isLittleEndian = order == [1]
        let isLittleEndian = self.isLittleEndian
        do {
            self.callInfo = try frames.withFrame(2) { (bytes) throws(CDRError) in
                var reader = CDRReader(bytes, isLittleEndian: isLittleEndian)
                return try EventCallInfo(&reader)
            }
        } catch {
            throw .callInfo(error)
        }
        self.topic = frames.withFrame(0) { bytes in bytes.withUnsafeBytes { String(latin1: $0) } }
        self.frames = frames
    }

    /// Whether it has no data.
    package var isHeartbeat: Bool { self.frames.count == 3 }

    /// Reads the data.
    /// - Parameter layout: the structure that events of the topic have, see `EventTopic.layout(deviceVersion:)`.
    package func payload(_ layout: EventPayload.Layout) throws(CDRError) -> EventPayload {
        guard !self.isHeartbeat else { throw .truncated }
        let (isLittleEndian, isError) = (self.isLittleEndian, self.callInfo.isError)
        return try self.frames.withFrame(3) { (bytes) throws(CDRError) in
            try EventPayload(bytes, isLittleEndian: isLittleEndian, isError: isError, layout: layout)
        }
    }
}

/// The frames of one received message, in one piece of memory.
package struct EventFrames: Sendable, Hashable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Creates a message without frames.
    package init() {}

    /// Creates a message from frames.
    package init(_ frames: [[UInt8]]) {
        for frame in frames { frame.withUnsafeBytes { self.append($0) } }
    }

    /// Number of frames.
    package var count: Int { self.ends.count }

    /// Number of bytes of all frames.
    package var byteCount: Int { self.bytes.count }

    /// Adds a frame.
    package mutating func append(_ frame: UnsafeRawBufferPointer) {
        self.bytes.append(contentsOf: frame)
        self.ends.append(self.bytes.count)
    }

    /// Runs the body with the bytes of a frame, which must exist.
    package func withFrame<Result, Failure: Error>(_ index: Int, _ body: (RawSpan) throws(Failure) -> Result) throws(Failure) -> Result {
        let start = index == 0 ? 0 : self.ends[index - 1]
        return try body(self.bytes.span.bytes.extracting(start..<self.ends[index]))
    }

    /// The bytes of a frame, which must exist.
    package subscript(_ index: Int) -> [UInt8] { Array(self.bytes[(index == 0 ? 0 : self.ends[index - 1])..<self.ends[index]]) }
}

/// A message to be published; what is the same in all messages of a topic is encoded once.
package struct OutgoingEvent: Sendable {
    /// First frame: the bytes of the topic.
    package let topic: [UInt8]
    /// Counter and kind.
    package let callInfo: EventCallInfo
    /// Fourth frame; `nil` in heartbeats.
    package let payload: ByteBuffer?

    /// Creates a message.
    /// - Parameter topic: the bytes of the topic's text, ASCII.
    package init(topic: [UInt8], callInfo: EventCallInfo, payload: ByteBuffer?) {
        self.topic = topic
        self.callInfo = callInfo
        self.payload = payload
    }

    /// Second frame: the byte order of this machine.
    package static let byteOrder: [UInt8] = [CDRWriter.isLittleEndian ? 1 : 0]

    /// Third frame.
    package var callInfoFrame: [UInt8] {
        var writer = CDRWriter(capacity: 32)
        self.callInfo.encode(to: &writer)
        return writer.finishBytes()
    }

    /// All frames, as a subscriber receives them.
    package var frames: EventFrames {
        var frames = EventFrames([self.topic, Self.byteOrder, self.callInfoFrame])
        self.payload?.withUnsafeReadableBytes { frames.append($0) }
        return frames
    }
}
