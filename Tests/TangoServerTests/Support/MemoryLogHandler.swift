import Logging
import Synchronization

@testable import TangoServer

/// Keeps what it is given.
struct MemoryLogHandler: LogHandler {
    private final class Store: Sendable {
        let lines = Mutex<[String]>([])
    }

    private let store = Store()
    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        self.store.lines.withLock { $0.append(TangoLogHandler.text(event.message, self.metadata.merging(event.metadata ?? [:]) { $1 })) }
    }

    var lines: [String] { self.store.lines.withLock { $0 } }
}
