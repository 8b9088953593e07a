@preconcurrency import Dispatch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// SIGINT, SIGTERM and SIGQUIT as an event of the process; SIGHUP is ignored, as the incumbents do.
public enum TerminationSignals {
    private static let latch = Latch()

    /// One set of sources for the process, installed on first use.
    private static let sources: [any DispatchSourceSignal] = {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGHUP, SIG_IGN)
        return [SIGINT, SIGTERM, SIGQUIT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { Self.latch.open() }
            source.resume()
            return source
        }
    }()

    /// From now on the signals no longer kill the process.
    public static func install() {
        _ = Self.sources
    }

    /// Returns when one of the signals has come, or when the task is cancelled.
    public static func wait() async {
        Self.install()
        await Self.latch.wait()
    }
}
