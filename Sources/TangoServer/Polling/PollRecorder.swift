import NIOCore
import TangoCore
import TangoWire

/// Takes what polling reads of a device: every polled value passes `record(_:…)`, from the timer, from a trigger and from a cache filled
/// by the device's code.
struct PollRecorder: Sendable {
    let runtime: DeviceRuntime

    /// Keeps polled values of attributes, failed reads included, and sends them on.
    /// - Parameters:
    ///   - began: when the read began.
    ///   - duration: of the read; `nil` if the device's code filled the cache.
    func record(_ values: [AttributeValue], date: Timestamp, began: NIODeadline, duration: TimeAmount?) {
        guard let polling = self.runtime.persistentState.polling else { return }
        polling.record(values, date: date, began: began, duration: duration)
        self.runtime.events.polled(values, began: began)
        let changes = self.runtime.server.changes
        guard changes.hasObservers else { return }
        for value in values { changes.send(self.runtime.name, .polled(value)) }
    }

    /// Keeps the polled result of a command.
    func record(command: String, _ record: PollRecord, date: Timestamp, began: NIODeadline, duration: TimeAmount?) {
        self.runtime.persistentState.polling?.record(command: command, record, date: date, began: began, duration: duration)
    }

    /// Keeps the outcome of a poll.
    func record(
        _ outcome: Result<DeviceResult, any Error>, of kind: PollKind, _ names: [String], date: Timestamp, began: NIODeadline,
        duration: TimeAmount?
    ) {
        switch kind {
        case .attribute:
            let values: [AttributeValue]
            switch outcome {
            case .success(.attributeValues(let read)): values = read
            case .success: values = []
            case .failure(let error):
                let failure = DevFailed(wrapping: error)
                values = names.map { AttributeValue(name: $0, failure: failure, time: date) }
            }
            self.record(values, date: date, began: began, duration: duration)
        case .command:
            let record: PollRecord
            switch outcome {
            case .success(.command(let result)): record = .command(result, errors: [])
            case .success: record = .command(.void, errors: [])
            case .failure(let error): record = .command(.void, errors: DevFailed(wrapping: error).errors)
            }
            self.record(command: names.first ?? "", record, date: date, began: began, duration: duration)
        }
    }

    /// Writes a poll into the black box.
    func recordInBlackBox(_ kind: PollKind, _ names: [String]) {
        let names = names.map(\.tangoFolded)
        switch kind {
        case .attribute:
            let call = DeviceCall.readAttributes(names, source: .device, identity: nil, version: 5)
            self.runtime.blackBox.record(Request(call: call, operation: .readAttributes5, requester: .polling))
        case .command:
            let call = DeviceCall.command(names.first ?? "", .void, source: .device, identity: nil, version: 2)
            self.runtime.blackBox.record(Request(call: call, operation: .commandInout, requester: .polling))
        }
    }

    /// Polls an object of period 0 now, and keeps the result, a failure included.
    /// - Throws: `API_AttrNotFound`, `API_CommandNotFound`, `API_PollObjNotFound`; `API_NotSupported` when it has a period.
    func poll(_ kind: PollKind, _ name: String) async throws(DevFailed) {
        let object = try self.runtime.pollConfiguration.triggered(kind, name)
        let (date, began) = (Timestamp.now, NIODeadline.now())
        self.recordInBlackBox(object.kind, [object.name])
        let outcome: Result<DeviceResult, any Error> =
            switch object.kind {
            case .attribute: await OperationRunner.run(ReadOperation(polling: [object.name]), on: self.runtime)
            case .command: await OperationRunner.run(CommandOperation(name: object.name, argument: .void), on: self.runtime)
            }
        self.record(outcome, of: object.kind, [object.name], date: date, began: began, duration: .now() - began)
    }
}
