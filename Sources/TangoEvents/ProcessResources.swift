import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    public import Darwin
#endif

/// What libzmq takes for granted, and ends the process without: file descriptors and threads while it starts, and not to be in a child
/// made by `fork`.
enum ProcessResources {
    /// More than libzmq 4.3.4 opens for a context, a socket and an address together (seven), so that other threads may take some meanwhile.
    private static let descriptorCount = 32
    /// Threads of a context: one for closing, one for input and output.
    private static let threadCount = 2

    /// Makes sure that a step of libzmq which needs descriptors will find them.
    /// - Throws: when they are not there.
    static func checkDescriptors() throws(EventTransportError) {
        var held: [Int32] = []
        defer { for descriptor in held { _ = close(descriptor) } }
        while held.count < Self.descriptorCount {
            let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw EventTransportError("Cannot use ZeroMQ: \(String(cString: strerror(errno)))")
            }
            held.append(descriptor)
        }
    }

    /// Makes sure that a context can start its threads.
    /// - Throws: when no more threads can be started.
    static func checkThreads() throws(EventTransportError) {
        for _ in 0..<Self.threadCount {
            #if canImport(Glibc)
                var thread = pthread_t()
                let code = pthread_create(&thread, nil, { _ in nil }, nil)
                if code == 0 { pthread_join(thread, nil) }
            #else
                var thread: pthread_t?
                let code = pthread_create(&thread, nil, { _ in nil }, nil)
                if code == 0, let thread { pthread_join(thread, nil) }
            #endif
            guard code == 0 else { throw EventTransportError("Cannot use ZeroMQ: \(String(cString: strerror(code)))") }
        }
    }

    private static let hasForked = Atomic<Bool>(false)
    private static let watchesForks: Void = {
        pthread_atfork(nil, nil, { ProcessResources.hasForked.store(true, ordering: .relaxed) })
    }()

    /// Notices from now on when this process becomes a copy made by `fork`.
    static func watchForks() { Self.watchesForks }

    /// Whether this process is a copy made by `fork` after a context was made: the threads of libzmq are not in it, and locks may be held
    /// by threads that are not either.
    static var isForked: Bool { Self.hasForked.load(ordering: .relaxed) }
}
