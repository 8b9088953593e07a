import Synchronization
import TangoCore

/// Devices that did not answer a bulk request in time. Later requests probe them without waiting; the first answer clears the mark.
final class UnresponsiveDevices: Sendable {
    /// Permission to call a device.
    enum Probe: Sendable {
        /// The device is not marked.
        case unmarked
        /// The device is marked: this is the only probe, unless a request names the device.
        case marked
    }

    /// Number of probes in progress, by marked device.
    private let devices = Mutex<[MemberKey: Int]>([:])

    /// Whether the device is marked.
    func contains(_ device: MemberKey) -> Bool { self.devices.withLock { $0[device] != nil } }

    /// Marks a device that did not answer.
    func mark(_ device: MemberKey) {
        // Longer than any device's name: requests must not fill the memory with invented names.
        guard device.device.utf8.count <= 512, device.host.host.utf8.count <= 256 else { return }
        self.devices.withLock { devices in
            // Far beyond the number of devices of a control system.
            if devices[device] == nil, devices.count < 65536 { devices[device] = 0 }
        }
    }

    /// Requests permission to call the device. Only one probe at a time, unless the request names the device.
    /// - Returns: `nil` while another probe is in progress.
    func beginProbe(_ device: MemberKey, isNamed: Bool) -> Probe? {
        self.devices.withLock { devices in
            guard let count = devices[device] else { return .unmarked }
            guard count == 0 || isNamed else { return nil }
            devices[device] = count + 1
            return .marked
        }
    }

    /// Ends a probe. An answer clears the mark.
    /// - Parameter isAnswered: `nil`: the probe was cancelled.
    func endProbe(_ device: MemberKey, _ probe: Probe, isAnswered: Bool?) {
        if isAnswered == false { self.mark(device) }
        self.devices.withLock { devices in
            if isAnswered == true {
                devices[device] = nil
            } else if case .marked = probe, let count = devices[device] {
                // The device may have been cleared and marked again meanwhile.
                devices[device] = max(0, count - 1)
            }
        }
    }
}
