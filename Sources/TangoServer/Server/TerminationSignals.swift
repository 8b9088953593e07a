@preconcurrency import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Notices SIGINT, SIGTERM and SIGQUIT from its creation on; SIGHUP is ignored, as the incumbents do.
public final class TerminationSignals: Sendable {
    private let stream: AsyncStream<Void>

    public init() {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        self.stream = AsyncStream { continuation in
            let sources = [SIGINT, SIGTERM, SIGQUIT].map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { continuation.yield() }
                source.resume()
                return source
            }
            continuation.onTermination = { _ in for source in sources { source.cancel() } }
        }
    }

    /// Returns at the first signal, or when the task is cancelled.
    public func wait() async {
        for await _ in self.stream { return }
    }
}
