import NIOCore
import Synchronization
import TangoCore
import TangoIIOP
import TangoWire

/// Finds out where a device is.
protocol ReferenceSource: Sendable {
    /// Looks the device up.
    /// - Parameter deadline: end of the call that needs the reference.
    /// - Throws: `DevFailed`, `TransportError`.
    func reference(deadline: NIODeadline) async throws -> ObjectReference
}

/// The calls of one device: keeps its reference, sends, and repeats what was certainly not executed.
///
/// The one place where calls leave and results come back is `send`.
final class DeviceConnection: Sendable {
    private let transport: any Transport
    private let source: any ReferenceSource
    private let kept = Mutex<ObjectReference?>(nil)

    init(transport: any Transport, source: any ReferenceSource) {
        self.transport = transport
        self.source = source
    }

    /// Keeps a reference that is known already.
    func adopt(_ reference: ObjectReference) {
        if reference.version > 0 { self.kept.withLock { $0 = reference } }
    }

    /// Returns the device's reference: the one that is kept, or a new one, whose interface version is read from the device if the reference has none.
    /// - Throws: `DevFailed`, `TransportError`.
    func reference(deadline: NIODeadline) async throws -> ObjectReference {
        if let reference = self.kept.withLock({ $0 }) { return reference }
        var reference = try await self.source.reference(deadline: deadline)
        if reference.version == 0 { reference.version = try await self.newestInterface(&reference, deadline) }
        let found = reference
        self.kept.withLock { $0 = found }
        return found
    }

    private func newestInterface(_ reference: inout ObjectReference, _ deadline: NIODeadline) async throws -> Int {
        for version in stride(from: ObjectReference.newestVersion, through: 2, by: -1) {
            let answer = try await self.send(.isA("IDL:Tango/Device_\(version):1.0"), to: &reference, deadline, isRepeatable: true)
            if case .boolean(true) = answer { return version }
        }
        return 1
    }

    /// Calls the device.
    /// - Parameters:
    ///   - deadline: end of the call, look-ups and repetitions included.
    ///   - onStaleReference: called when the connection or the reference has proved useless, with the failure and the call; a result
    ///     ends the call with that failure.
    ///   - make: makes the call for an interface version.
    /// - Throws: `TransportError`; `DevFailed` of looking the device up.
    func call(
        deadline: NIODeadline, onStaleReference: (TransportError, DeviceCall) -> DevFailed?, _ make: (Int) -> DeviceCall
    ) async throws -> DeviceResult {
        var recovery = CallRecovery(isReferenceKept: self.kept.withLock { $0 != nil })
        var reference = try await self.reference(deadline: deadline)
        while true {
            do {
                let first = reference.addresses[0]
                defer { if reference.addresses.count > 1, reference.addresses[0] != first { self.replaceKept(by: reference) } }
                return try await self.send(make(reference.version), to: &reference, deadline)
            } catch let error as TransportError {
                let action = recovery.next(after: error)
                if action != .resend, error.meansStaleReference {
                    self.kept.withLock { $0 = nil }
                    if let failure = onStaleReference(error, make(reference.version)) { throw failure }
                }
                guard action == .fail || !deadline.isOver else { throw error }
                switch (action, error) {
                case (.resend, _): break
                case (.lookUp, _): reference = try await self.reference(deadline: deadline)
                case (.follow, .forwarded(let ior)):
                    let version = reference.version
                    reference = try ObjectReference(ior, deviceName: reference.objectKey)
                    if reference.version == 0 { reference.version = version }
                    self.replaceKept(by: reference)
                case (.follow, _), (.fail, _): throw error
                }
            }
        }
    }

    private func replaceKept(by reference: ObjectReference) {
        self.kept.withLock { if $0 != nil { $0 = reference } }
    }

    /// Sends a call to the address in use; where no connection can be opened, to the next ones, which then are in use. The time left is
    /// divided among the addresses. After a time-out the next call begins with the next address.
    /// - Parameter isRepeatable: whether an address that takes the call and does not answer in its share of the time is left, too.
    private func send(
        _ call: DeviceCall, to reference: inout ObjectReference, _ deadline: NIODeadline, isRepeatable: Bool = false
    ) async throws -> DeviceResult {
        var further = reference.addresses.count - 1
        while true {
            let connectBy = further == 0 ? deadline : .after(deadline.remaining / (further + 1))
            do {
                return try await self.transport.call(
                    reference.endpoint, objectKey: reference.objectKey, call, connectBy: connectBy,
                    deadline: isRepeatable ? connectBy : deadline)
            } catch let error as TransportError {
                var isSilent = false
                if case .timedOut = error { isSilent = true }
                if isSilent || error.isConnectFailure { reference.useNextAddress() }
                guard further > 0, error.isConnectFailure || isSilent && isRepeatable, !deadline.isOver else { throw error }
                further -= 1
            }
        }
    }
}
