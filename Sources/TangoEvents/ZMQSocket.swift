import CZeroMQ
import Synchronization

/// A context of libzmq: its threads, which start with the first socket. It ends when its last socket is closed.
final class ZMQContext: Sendable {
    /// `nil` before the first socket. The pointer may be used by any thread.
    private let pointer = Mutex<UnsafeMutableRawPointer?>(nil)

    init() {}

    deinit {
        guard !ProcessResources.isForked, let pointer = self.pointer.withLock({ $0 }) else { return }
        // Sockets hold their context, so none is open any more, and none lingers.
        while zmq_ctx_term(pointer) == -1, zmq_errno() == EINTR {}
    }

    /// Makes a socket.
    func socket(_ type: Int32) throws(EventTransportError) -> ZMQSocket {
        ProcessResources.watchForks()
        guard !ProcessResources.isForked else { throw EventTransportError("ZeroMQ cannot be used after fork") }
        return try self.pointer.withLock { (context) throws(EventTransportError) in
            try ProcessResources.checkDescriptors()
            if context == nil {
                try ProcessResources.checkThreads()
                context = zmq_ctx_new()
            }
            guard let context, let pointer = zmq_socket(context, type) else { throw ZMQSocket.failure("make a socket") }
            return ZMQSocket(pointer, of: self)
        }
    }
}

/// A socket of libzmq, which one thread at a time may use.
final class ZMQSocket {
    let pointer: UnsafeMutableRawPointer
    private let context: ZMQContext

    fileprivate init(_ pointer: UnsafeMutableRawPointer, of context: ZMQContext) {
        self.pointer = pointer
        self.context = context
        // Nothing waits for connections that are gone when it is closed.
        self.set(ZMQ_LINGER, 0)
        // Hosts that vanish are noticed.
        self.set(ZMQ_TCP_KEEPALIVE, 1)
        self.set(ZMQ_TCP_KEEPALIVE_IDLE, 60)
    }

    deinit {
        if !ProcessResources.isForked { zmq_close(self.pointer) }
    }

    static func failure(_ what: String) -> EventTransportError {
        EventTransportError("Cannot \(what): \(String(cString: zmq_strerror(zmq_errno())))")
    }

    /// Sets an option; only wrong options fail.
    func set(_ option: Int32, _ value: Int32) {
        var value = value
        zmq_setsockopt(self.pointer, option, &value, MemoryLayout<Int32>.size)
    }

    /// Ends connections over which a larger message comes.
    func setLargestMessage(_ size: Int64) {
        var size = size
        zmq_setsockopt(self.pointer, ZMQ_MAXMSGSIZE, &size, MemoryLayout<Int64>.size)
    }

    /// Sets an option that is a text.
    func set(_ option: Int32, _ text: String) {
        var text = text
        text.withUTF8 { _ = zmq_setsockopt(self.pointer, option, $0.baseAddress, $0.count) }
    }

    /// Makes the socket ready for an address, which is of IPv6 when it has brackets.
    /// - Throws: for a port that there is not: libzmq would take another one.
    private func prepare(for endpoint: String) throws(EventTransportError) {
        let port = endpoint.split(separator: ":").last ?? ""
        guard port == "*" || UInt16(port) ?? 0 > 0 else { throw EventTransportError("\(endpoint) has no port from 1 to 65535") }
        self.set(ZMQ_IPV6, endpoint.utf8.contains(UInt8(ascii: "[")) ? 1 : 0 as Int32)
    }

    /// Listens at an address.
    /// - Returns: the address with its port.
    func bind(_ endpoint: String) throws(EventTransportError) -> String {
        // libzmq looks at the interfaces of the machine, and ends the process when it cannot.
        try ProcessResources.checkDescriptors()
        try self.prepare(for: endpoint)
        guard zmq_bind(self.pointer, endpoint) == 0 else { throw Self.failure("bind to \(endpoint)") }
        var size = 1024
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { text in
            guard zmq_getsockopt(self.pointer, ZMQ_LAST_ENDPOINT, text.baseAddress, &size) == 0, let start = text.baseAddress else {
                return endpoint
            }
            return String(cString: start)
        }
    }

    func connect(_ endpoint: String) throws(EventTransportError) {
        try self.prepare(for: endpoint)
        guard zmq_connect(self.pointer, endpoint) == 0 else { throw Self.failure("connect to \(endpoint)") }
    }

    func disconnect(_ endpoint: String) { zmq_disconnect(self.pointer, endpoint) }
}
