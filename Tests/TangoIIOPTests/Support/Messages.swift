import NIOCore
import TangoCore
import TangoWire

@testable import TangoIIOP

/// Messages as bytes, for the state machines.
enum Messages {
    static func request(
        _ id: UInt32, _ call: DeviceCall = .ping, key: String = "t/a/1", version: GIOPVersion = .v1_2, flags: UInt8 = 3
    ) -> ByteBuffer {
        var writer = CDRWriter()
        RequestHeader(version: version, requestID: id, responseFlags: flags, objectKey: key, operation: .known(call.operation))
            .encode(to: &writer, arguments: call.hasArguments)
        call.encode(to: &writer)
        writer.endMessage()
        return writer.finish()
    }

    static func reply(_ id: UInt32, _ text: String? = nil, version: GIOPVersion = .v1_2) -> ByteBuffer {
        var writer = CDRWriter()
        ReplyHeader(version: version, requestID: id, status: .noException).encode(to: &writer, body: text != nil)
        if let text { writer.string(text) }
        writer.endMessage()
        return writer.finish()
    }

    static func locate(_ id: UInt32, key: String, version: GIOPVersion = .v1_2) -> ByteBuffer {
        var writer = CDRWriter()
        LocateRequest(version: version, requestID: id, objectKey: key).encode(to: &writer)
        return writer.finish()
    }

    /// The message in pieces: the first with `size` bytes, then fragments of as many; `size` is a multiple of 8.
    static func fragments(of message: ByteBuffer, size: Int) -> [ByteBuffer] {
        let bytes = Array(message.readableBytesView)
        func header(_ type: UInt8, _ more: Bool, _ count: Int) -> [UInt8] {
            Array(bytes[0..<6]) + [bytes[6] | (more ? 2 : 0), type] + withUnsafeBytes(of: UInt32(count), Array.init)
        }
        var pieces = [ByteBuffer(bytes: header(bytes[7], true, size - 12) + bytes[12..<size])]
        var position = size
        while position < bytes.count {
            let end = min(position + size, bytes.count)
            pieces.append(ByteBuffer(bytes: header(7, end < bytes.count, end - position + 4) + bytes[12..<16] + bytes[position..<end]))
            position = end
        }
        return pieces
    }

    static func joined(_ buffers: [ByteBuffer]) -> ByteBuffer {
        buffers.reduce(into: ByteBuffer()) { $0.writeImmutableBuffer($1) }
    }

    /// The kind of the message a buffer holds.
    static func type(_ buffer: ByteBuffer?) -> MessageType? {
        guard let byte = buffer?.getInteger(at: (buffer?.readerIndex ?? 0) + 7, as: UInt8.self) else { return nil }
        return MessageType(rawValue: byte)
    }
}

/// The server's machine as an object, which `#expect` can call.
final class ServerBench {
    private var machine: ServerStateMachine
    private let isKnown: (String) -> Bool

    init(maximumOutstanding: Int = 8, maximumMessageSize: Int = 1 << 20, isKnown: @escaping (String) -> Bool = { _ in true }) {
        self.isKnown = isKnown
        self.machine = ServerStateMachine(maximumMessageSize: maximumMessageSize, maximumOutstanding: maximumOutstanding)
    }

    var outstanding: Int { self.machine.outstanding }
    var wantsMore: Bool { self.machine.wantsMore }
    var version: GIOPVersion { self.machine.version }
    var unfinishedBytes: Int { self.machine.unfinishedBytes }
    func received(_ bytes: ByteBuffer) { self.machine.received(bytes) }
    func answered() { self.machine.answered() }

    /// Everything there is to do now.
    func drain() -> [ServerStateMachine.Action] {
        var actions: [ServerStateMachine.Action] = []
        while let action = self.machine.next(isKnown: self.isKnown) { actions.append(action) }
        return actions
    }
}

/// The client's machine as an object; waiters are plain texts, since the machine only hands them back.
final class ClientBench {
    private var machine = ClientStateMachine<String>()

    var outstanding: Int { self.machine.outstanding }
    var lateReplies: Int { self.machine.lateReplies }
    var nextDeadline: NIODeadline? { self.machine.nextDeadline }
    var phase: ClientStateMachine<String>.Phase { self.machine.phase }
    @discardableResult
    func send(_ id: UInt32, _ waiter: String, deadline: NIODeadline = .distantFuture) -> Bool {
        self.admission(id, waiter, deadline: deadline) == .write
    }
    func admission(_ id: UInt32, _ waiter: String, deadline: NIODeadline = .distantFuture) -> ClientStateMachine<String>.Admission {
        self.machine.send(id, waiter, deadline: deadline)
    }
    func forgetCancellation(_ id: UInt32) { self.machine.forgetCancellation(id) }
    func retire() { self.machine.retire() }
    func suspect() { self.machine.suspect() }
    func close() { self.machine.close() }
    func received(_ bytes: ByteBuffer) { self.machine.received(bytes) }
    func next() -> ClientStateMachine<String>.Action? { self.machine.next() }
    @discardableResult
    func hitDeadline(_ now: NIODeadline) -> Set<String> { Set(self.machine.hitDeadline(now: now)) }
    @discardableResult
    func cancel(_ id: UInt32) -> String? { self.machine.cancel(id) }
    @discardableResult
    func closed() -> Set<String> { Set(self.machine.closed().waiters) }
    /// The kind of the failure that those who wait get at the end.
    func failure() -> String { kind(self.machine.closed().failure) }

    /// The waiters that got their reply; then why the connection is to be closed, if so.
    func resumed() -> [String] {
        var waiters: [String] = []
        while let action = self.machine.next() {
            switch action {
            case .resume(let waiter, _): waiters.append(waiter)
            case .close(let ending): waiters.append("\(ending)")
            }
        }
        return waiters
    }
}

extension ServerStateMachine.Action {
    var requestID: UInt32? { if case .request(let request) = self { request.header.requestID } else { nil } }
    /// The type of the farewell, if this closes the connection.
    var farewell: MessageType?? {
        if case .close(let message) = self { .some(Messages.type(message)) } else { nil }
    }
}
