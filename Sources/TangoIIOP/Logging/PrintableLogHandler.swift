package import Logging
import TangoCore

/// Passes records on with every text printable: what peers and clients say cannot begin a line of its own in a log, nor control a terminal.
package struct PrintableLogHandler: LogHandler {
    private var base: any LogHandler

    /// - Parameter base: writes the records.
    package init(_ base: any LogHandler) {
        self.base = base
    }

    package var logLevel: Logger.Level {
        get { self.base.logLevel }
        set { self.base.logLevel = newValue }
    }

    package var metadata: Logger.Metadata {
        get { self.base.metadata }
        set { self.base.metadata = Self.printable(newValue) }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { self.base.metadataProvider }
        set { self.base.metadataProvider = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.base[metadataKey: key] }
        set { self.base[metadataKey: key.printable] = newValue.map(Self.printable) }
    }

    package func log(event: LogEvent) {
        var event = event
        event.message = Logger.Message(stringLiteral: event.message.description.printable)
        event.metadata = event.metadata.map(Self.printable)
        event.error = event.error.map(Self.printable)
        self.base.log(event: event)
    }

    private static func printable(_ metadata: Logger.Metadata) -> Logger.Metadata {
        Dictionary(metadata.map { ($0.key.printable, Self.printable($0.value)) }) { first, _ in first }
    }

    private static func printable(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .dictionary(let values): .dictionary(Self.printable(values))
        case .array(let values): .array(values.map(Self.printable))
        case .string, .stringConvertible: Self.isPrintable(value.description) ? value : .string(value.description.printable)
        }
    }

    private static func printable(_ error: any Error) -> any Error {
        let text = String(describing: error)
        return Self.isPrintable(text) ? error : PrintableError(description: text.printable)
    }

    private static func isPrintable(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.isPrintable) }
}

/// Stands in a record for an error whose text is not printable.
private struct PrintableError: Error, CustomStringConvertible {
    var description: String
}

extension Logger {
    /// The logger with a `PrintableLogHandler`.
    package var printable: Logger {
        var logger = self
        logger.handler = PrintableLogHandler(self.handler)
        return logger
    }
}
