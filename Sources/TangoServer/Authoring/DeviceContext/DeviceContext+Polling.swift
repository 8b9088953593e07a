import NIOCore
import TangoCore
import TangoWire

/// Polling as the device's own code uses it.
extension DeviceContext {
    public func isAttributePolled(_ name: String) -> Bool { self.runtime.persistentState.polling?.object(.attribute, name) != nil }

    public func isCommandPolled(_ name: String) -> Bool {
        self.runtime.persistentState.polling?.object(DeviceRuntime.polledKind(.command, name), name) != nil
    }

    /// Zero when the attribute is not polled, or is polled only when the device's code says so.
    public func attributePollPeriod(_ name: String) -> Duration {
        .milliseconds(self.runtime.persistentState.polling?.object(.attribute, name)?.period ?? 0)
    }

    /// Zero when the command is not polled, or is polled only when the device's code says so.
    public func commandPollPeriod(_ name: String) -> Duration {
        .milliseconds(self.runtime.persistentState.polling?.object(DeviceRuntime.polledKind(.command, name), name)?.period ?? 0)
    }

    /// Polls an attribute, or changes its period.
    /// - Parameter period: at least 5 ms; zero is polled only by `triggerPolling(attribute:)` and `fillCache(attribute:with:)`.
    /// - Throws: `API_AttrNotFound`, `API_NotSupported`, `API_MethodArgument`.
    public func pollAttribute(_ name: String, period: Duration) async throws(DevFailed) {
        if self.isAttributePolled(name) {
            try await self.runtime.updatePolling(.attribute, name, period: period.wholeMilliseconds)
        } else {
            try await self.runtime.addPolling(.attribute, name, period: period.wholeMilliseconds)
        }
    }

    /// Polls a command, or changes its period.
    /// - Parameter period: at least 5 ms; zero is polled only by `triggerPolling(command:)` and `fillCache(command:with:)`.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_NotSupported`, `API_MethodArgument`.
    public func pollCommand(_ name: String, period: Duration) async throws(DevFailed) {
        if self.isCommandPolled(name) {
            try await self.runtime.updatePolling(.command, name, period: period.wholeMilliseconds)
        } else {
            try await self.runtime.addPolling(.command, name, period: period.wholeMilliseconds)
        }
    }

    /// - Throws: `API_PollObjNotFound`.
    public func stopPollAttribute(_ name: String) async throws(DevFailed) { try await self.runtime.removePolling(.attribute, name) }

    /// - Throws: `API_PollObjNotFound`.
    public func stopPollCommand(_ name: String) async throws(DevFailed) { try await self.runtime.removePolling(.command, name) }

    /// Polls an attribute of period zero now. A failure of the read is kept as what polling gave.
    /// - Throws: `API_AttrNotFound`, `API_PollObjNotFound`, `API_NotSupported` when it has a period.
    public func triggerPolling(attribute name: String) async throws(DevFailed) {
        try await self.runtime.triggerPolling(.attribute, name)
    }

    /// Polls a command of period zero now. A failure of the command is kept as what polling gave.
    /// - Throws: `API_CommandNotFound`, `API_PollObjNotFound`, `API_NotSupported` when it has a period.
    public func triggerPolling(command name: String) async throws(DevFailed) {
        try await self.runtime.triggerPolling(.command, name)
    }

    /// Puts values, oldest first, into the cache of an attribute of period zero, as if polling had given them.
    /// - Throws: `API_AttrNotFound`, `API_PollObjNotFound`, `API_NotSupported` when it has a period.
    public func fillCache(attribute name: String, with readings: [Result<AttributeReading, DevFailed>]) throws(DevFailed) {
        let object = try self.runtime.triggered(.attribute, name)
        guard let attribute = self.runtime.attribute(object.name), let polling = self.runtime.persistentState.polling else { return }
        for reading in readings {
            let value: AttributeValue
            switch reading {
            case .success(let reading): value = self.runtime.value(of: attribute, from: reading)
            case .failure(let failure): value = attribute.failed(failure)
            }
            polling.record([value], date: value.time, began: .now(), duration: nil)
            self.runtime.server.changes.send(self.runtime.name, .polled(value))
        }
    }

    /// Puts results, oldest first, into the cache of a command of period zero, as if polling had given them.
    /// - Throws: `API_CommandNotFound`, `API_PollObjNotFound`, `API_NotSupported` when it has a period.
    public func fillCache(command name: String, with records: [CommandHistoryRecord]) throws(DevFailed) {
        let object = try self.runtime.triggered(.command, name)
        guard let polling = self.runtime.persistentState.polling else { return }
        for record in records {
            polling.record(
                command: object.name, .command(record.result, errors: record.errors), date: record.time, began: .now(), duration: nil)
        }
    }
}
