import Synchronization

/// Devices that did not answer a bulk request in time. Later ones do not wait for them, but ask: the first answer clears the device.
final class HangingDevices: Sendable {
    /// Whether somebody asks the device just now.
    private let devices = Mutex<[MemberKey: Bool]>([:])

    func contains(_ device: MemberKey) -> Bool { self.devices.withLock { $0[device] != nil } }

    func note(_ device: MemberKey) {
        self.devices.withLock { devices in
            // Far beyond what a control system has; strangers' names must not fill the memory.
            if devices[device] == nil, devices.count < 65536 { devices[device] = false }
        }
    }

    /// Whether the caller may ask the device. One at a time: what hangs is not sent more and more.
    func startsAsking(_ device: MemberKey) -> Bool {
        self.devices.withLock { devices in
            guard let isAsked = devices[device] else { return true }
            if isAsked { return false }
            devices[device] = true
            return true
        }
    }

    /// The end of asking: with an answer the device is like all others again. `nil`: asking was given up.
    func stopsAsking(_ device: MemberKey, isAnswered: Bool?) {
        if isAnswered == false { self.note(device) }
        self.devices.withLock { devices in
            if isAnswered == true { devices[device] = nil } else if devices[device] != nil { devices[device] = false }
        }
    }
}
