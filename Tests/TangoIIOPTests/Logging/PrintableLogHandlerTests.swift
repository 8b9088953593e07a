import Logging
import Synchronization
import TangoIIOP
import Testing

@Suite struct PrintableLogHandlerTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Keeps its events.
    private struct MemoryHandler: LogHandler {
        final class Store: Sendable {
            let events = Mutex<[LogEvent]>([])
        }

        let store: Store
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { self.metadata[key] }
            set { self.metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var event = event
            event.metadata = self.metadata.merging(event.metadata ?? [:]) { $1 }
            self.store.events.withLock { $0.append(event) }
        }
    }

    @Test func everyTextOfARecordIsOnOneLine() throws {
        let store = MemoryHandler.Store()
        var logger = Logger(label: "test") { _ in MemoryHandler(store: store) }.printable
        logger[metadataKey: "own\n"] = "a\u{1B}"
        let evil = "x\n2026-01-01 critical: FORGED\u{1B}[31m\r"
        let escaped = "x\\n2026-01-01 critical: FORGED\\x1b[31m\\r"
        logger.warning(
            "said \(evil)",
            metadata: [
                "text": "\(evil)", "any": .stringConvertible(Failure(description: evil)), "list": ["\(evil)", ["\(evil)": "\(evil)"]],
                "number": .stringConvertible(1),
            ])
        let event = try #require(store.events.withLock { $0.first })
        #expect(event.level == .warning && event.message.description == "said \(escaped)")
        #expect(
            event.metadata == [
                "own\\n": "a\\x1b", "text": "\(escaped)", "any": "\(escaped)", "list": ["\(escaped)", ["\(escaped)": "\(escaped)"]],
                "number": .stringConvertible(1),
            ])
        logger.logLevel = .error
        logger.warning("not logged")
        #expect(store.events.withLock { $0.count } == 1 && logger.handler.logLevel == .error)
    }

    @Test func anErrorWithAPlainTextKeepsItsType() throws {
        let store = MemoryHandler.Store()
        let handler = PrintableLogHandler(MemoryHandler(store: store))
        for text in ["plain", "two\nlines"] {
            handler.log(
                event: LogEvent(
                    level: .error, message: "m", error: Failure(description: text), metadata: nil, source: nil, file: #fileID,
                    function: #function, line: #line))
        }
        let errors = store.events.withLock { $0.map(\.error) }
        #expect(errors[0] is Failure)
        #expect(errors[1].map { "\($0)" } == "two\\nlines")
    }
}
