import Logging
import TangoCore

/// Passes the records of a `Logger` to a device's log; metadata become a part of the message.
struct TangoLogHandler: LogHandler {
    private let log: DeviceLog
    /// Takes records that reach no target of the device.
    private let fallback: Logger?
    /// Set by code that logs less than the device's level lets through.
    private var ownLevel: Logger.Level?
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(log: DeviceLog, fallback: Logger?) {
        self.log = log
        self.fallback = fallback
    }

    /// Level of the device, which clients change, or of the fallback if that lets more through.
    var logLevel: Logger.Level {
        get {
            if let ownLevel = self.ownLevel { return ownLevel }
            let level = self.log.effectiveLevel.leastSerious
            return self.fallback.map { min($0.logLevel, level) } ?? level
        }
        set { self.ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let level = LogLevel(event.level)
        guard self.log.takes(level) else {
            guard let fallback = self.fallback else { return }
            var metadata = self.merged(event)
            metadata["device"] = "\(self.log.source)"
            fallback.log(level: event.level, event.message, metadata: metadata)
            return
        }
        self.log.write(level, Self.text(event.message, self.merged(event)))
    }

    private func merged(_ event: LogEvent) -> Logger.Metadata {
        var metadata = self.metadata
        if let provided = self.metadataProvider?.get() { metadata.merge(provided) { $1 } }
        if let trace = TraceContext.current { metadata["trace_id"] = "\(trace.traceIDText)" }
        if let given = event.metadata { metadata.merge(given) { $1 } }
        if let error = event.error { metadata["error"] = "\(error)" }
        return metadata
    }

    /// The message with the metadata behind it, `key=value`, in the order of the keys.
    static func text(_ message: Logger.Message, _ metadata: Logger.Metadata) -> String {
        guard !metadata.isEmpty else { return message.description }
        return message.description + metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    }
}
