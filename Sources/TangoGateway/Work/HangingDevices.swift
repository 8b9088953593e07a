import Synchronization

/// Devices that did not answer a bulk request in time. Later ones do not wait for them, but ask: the first answer clears the device.
final class HangingDevices: Sendable {
    /// Leave to ask a device.
    enum Turn: Sendable {
        /// Like any device.
        case free
        /// As one that hangs: others do not ask meanwhile.
        case marked
    }

    /// How many ask the device just now.
    private let devices = Mutex<[MemberKey: Int]>([:])

    func contains(_ device: MemberKey) -> Bool { self.devices.withLock { $0[device] != nil } }

    func note(_ device: MemberKey) {
        // Longer than any device's. Strangers' names must not fill the memory.
        guard device.device.utf8.count <= 512, device.host.host.utf8.count <= 256 else { return }
        self.devices.withLock { devices in
            // Far beyond what a control system has.
            if devices[device] == nil, devices.count < 65536 { devices[device] = 0 }
        }
    }

    /// Asks for leave to ask the device. One at a time: what hangs is not sent more and more, unless by those who name it.
    /// - Returns: `nil` while somebody else asks.
    func startsAsking(_ device: MemberKey, isNamed: Bool) -> Turn? {
        self.devices.withLock { devices in
            guard let count = devices[device] else { return .free }
            guard count == 0 || isNamed else { return nil }
            devices[device] = count + 1
            return .marked
        }
    }

    /// The end of asking: with an answer the device is like all others again. `nil`: asking was given up.
    func stopsAsking(_ device: MemberKey, _ turn: Turn, isAnswered: Bool?) {
        if isAnswered == false { self.note(device) }
        self.devices.withLock { devices in
            if isAnswered == true {
                devices[device] = nil
            } else if case .marked = turn, let count = devices[device] {
                // It may have been cleared and noted again meanwhile.
                devices[device] = max(0, count - 1)
            }
        }
    }
}
