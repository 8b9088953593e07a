import NIOCore
import TangoCore
import TangoIIOP
import TangoWire

/// Carries the calls of a device: straight to the dispatcher for a handler that calls a device of its own server, else over the control
/// system's shared connections, which its observer hears of.
struct DeviceTransport: Transport {
    let system: ControlSystem
    let target: CallTarget
    let memberNames = MemberNames()

    /// Calls the device. The texts of the call, of its result and of an error are converted here and nowhere else (`Compatibility T4`).
    func call(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        @Sendable func transmit(_ call: DeviceCall) async throws -> DeviceResult {
            try await self.transmit(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
        }
        guard !self.target.keepsWireTexts else { return try await transmit(call) }
        let kind = try await self.learnNames(of: call, transmit)
        let sent = call.wireTexts(argument: self.target.argumentTexts) { name in
            kind.flatMap { self.memberNames.wireName(name, $0) } ?? TangoText.wire(name, .metadata)
        }
        do {
            let result = try await transmit(sent)
            if let kind, result.hasErrors { self.memberNames.forget(kind) }
            return result.readableTexts()
        } catch TransportError.user(let exception) {
            if let kind { self.memberNames.forget(kind) }
            throw TransportError.user(exception.readableTexts())
        }
    }

    /// Asks the device for its names where the call has one that may be in other bytes than UTF-8.
    /// - Returns: the kind of such a name; `nil` without one.
    private func learnNames(
        of call: DeviceCall, _ transmit: (DeviceCall) async throws -> DeviceResult
    ) async throws -> MemberNames.Kind? {
        guard !self.target.isDatabase, call.hasMemberName(where: TangoText.hasLatin1Form), let (names, list) = call.memberNames else {
            return nil
        }
        let kind: MemberNames.Kind
        switch list {
        case .commandList: kind = .command
        case .pipeConfigs: kind = .pipe
        default: kind = .attribute
        }
        if names.contains(where: { self.memberNames.wireName($0, kind) == nil }) {
            do {
                self.memberNames.learn(try await transmit(list).memberNames, kind)
            } catch TransportError.user {
                // The call itself tells what is wrong.
            }
        }
        return kind
    }

    /// A call inside the process has no limit of time.
    private func transmit(
        _ endpoint: Endpoint, objectKey: String, _ call: DeviceCall, connectBy: NIODeadline, deadline: NIODeadline
    ) async throws -> DeviceResult {
        if let server = InProcess.target, server.serves(endpoint) {
            return try await server.call(objectKey: objectKey, call)
        }
        let connections = self.system.connections
        guard let observer = self.system.callObserver else {
            return try await connections.call(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
        }
        let start = ContinuousClock.now
        do {
            let result = try await connections.call(endpoint, objectKey: objectKey, call, connectBy: connectBy, deadline: deadline)
            observer.callEnded(after: ContinuousClock.now - start, isDatabase: self.target.isDatabase, failure: nil)
            return result
        } catch {
            let duration = ContinuousClock.now - start
            observer.callEnded(
                after: duration, isDatabase: self.target.isDatabase, failure: self.target.failure(error, timeout: duration))
            throw error
        }
    }
}
