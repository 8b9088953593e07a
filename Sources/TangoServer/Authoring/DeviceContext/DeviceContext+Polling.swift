import NIOCore
public import TangoCore
import TangoWire

/// Polling of the device's attributes and commands by its own code. Names are compared without regard to case.
extension DeviceContext {
    /// Returns whether the attribute is polled.
    public func isPolled(attribute name: String) -> Bool {
        self.runtime.persistentState.polling?.object(.attribute, name.wireMetadata) != nil
    }

    /// Returns whether the command is polled.
    public func isPolled(command name: String) -> Bool {
        self.runtime.persistentState.polling?.object(PollKind.command.forPolling(name.wireMetadata), name.wireMetadata) != nil
    }

    /// Returns the polling period of an attribute; zero when it is not polled, or only by the device's code.
    public func pollingPeriod(ofAttribute name: String) -> Duration {
        .milliseconds(self.runtime.persistentState.polling?.object(.attribute, name.wireMetadata)?.period ?? 0)
    }

    /// Returns the polling period of a command; zero when it is not polled, or only by the device's code.
    public func pollingPeriod(ofCommand name: String) -> Duration {
        .milliseconds(
            self.runtime.persistentState.polling?.object(PollKind.command.forPolling(name.wireMetadata), name.wireMetadata)?.period
                ?? 0)
    }

    /// Polls an attribute, or changes its polling period, in the database too.
    /// - Parameter name: name of the member, in any case.
    /// - Parameter period: at least 5 ms; zero is polled only by `triggerPolling(attribute:)` and `fillCache(attribute:with:)`.
    /// - Throws: `API_AttrNotFound`; `API_MethodArgument` for a wrong period; `API_NotSupported` for an attribute that cannot be polled.
    public func startPolling(attribute name: String, every period: Duration) async throws(DevFailed) {
        if self.isPolled(attribute: name) {
            try await self.runtime.pollConfiguration.update(.attribute, name.wireMetadata, period: period.pollingPeriod)
        } else {
            try await self.runtime.pollConfiguration.add(.attribute, name.wireMetadata, period: period.pollingPeriod)
        }
    }

    /// Polls a command, or changes its polling period, in the database too.
    /// - Parameter name: name of the member, in any case.
    /// - Parameter period: at least 5 ms; zero is polled only by `triggerPolling(command:)` and `fillCache(command:with:)`.
    /// - Throws: `API_CommandNotFound`; `API_IncompatibleCmdArgumentType` for a command with an argument; `API_MethodArgument` for a wrong
    ///   period; `API_NotSupported` for a command that cannot be polled.
    public func startPolling(command name: String, every period: Duration) async throws(DevFailed) {
        if self.isPolled(command: name) {
            try await self.runtime.pollConfiguration.update(.command, name.wireMetadata, period: period.pollingPeriod)
        } else {
            try await self.runtime.pollConfiguration.add(.command, name.wireMetadata, period: period.pollingPeriod)
        }
    }

    /// Stops polling an attribute, in the database too.
    /// - Throws: `API_PollObjNotFound` when it is not polled.
    public func stopPolling(attribute name: String) async throws(DevFailed) {
        try await self.runtime.pollConfiguration.remove(.attribute, name.wireMetadata)
    }

    /// Stops polling a command, in the database too.
    /// - Throws: `API_PollObjNotFound` when it is not polled.
    public func stopPolling(command name: String) async throws(DevFailed) {
        try await self.runtime.pollConfiguration.remove(.command, name.wireMetadata)
    }

    /// Polls an attribute whose polling period is zero now. An error of the read is stored in the cache.
    /// - Throws: `API_AttrNotFound`; `API_PollObjNotFound` when it is not polled; `API_NotSupported` when its period is not zero.
    public func triggerPolling(attribute name: String) async throws(DevFailed) {
        try await self.runtime.pollRecorder.poll(.attribute, name.wireMetadata)
    }

    /// Polls a command whose polling period is zero now. An error of the command is stored in the cache.
    /// - Throws: `API_CommandNotFound`; `API_PollObjNotFound` when it is not polled; `API_NotSupported` when its period is not zero.
    public func triggerPolling(command name: String) async throws(DevFailed) {
        try await self.runtime.pollRecorder.poll(.command, name.wireMetadata)
    }

    /// Stores values, oldest first, in the cache of an attribute whose polling period is zero, as if they had been polled.
    /// - Throws: `API_AttrNotFound`; `API_PollObjNotFound` when it is not polled; `API_NotSupported` when its period is not zero.
    public func fillCache(attribute name: String, with readings: [Result<AttributeReading, DevFailed>]) throws(DevFailed) {
        let object = try self.runtime.pollConfiguration.triggered(.attribute, name.wireMetadata)
        guard let attribute = self.runtime.attribute(object.name) else { return }
        for reading in readings {
            let value: AttributeValue
            switch reading {
            case .success(let reading): value = self.runtime.value(of: attribute, from: reading)
            case .failure(let failure): value = attribute.failed(failure)
            }
            self.runtime.pollRecorder.record([value], date: value.time, began: .now(), duration: nil)
        }
    }

    /// Stores results, oldest first, in the cache of a command whose polling period is zero, as if they had been polled.
    /// - Throws: `API_CommandNotFound`; `API_PollObjNotFound` when it is not polled; `API_NotSupported` when its period is not zero.
    public func fillCache(command name: String, with records: [CommandHistoryRecord]) throws(DevFailed) {
        let object = try self.runtime.pollConfiguration.triggered(.command, name.wireMetadata)
        for record in records {
            self.runtime.pollRecorder.record(
                command: object.name, .command(record.result, errors: record.errors), date: record.time, began: .now(), duration: nil)
        }
    }
}
