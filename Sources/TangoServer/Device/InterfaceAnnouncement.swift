import NIOCore
import Synchronization
import TangoCore

/// What was last told of a device's lists of commands and attributes, and whether something is to be told soon.
struct InterfaceAnnouncement {
    /// Digest of the lists everybody knows; `nil` when nothing changed since.
    var known: Int?
    var lastChange = NIODeadline.distantPast
    var isScheduled = false
    /// While the device initializes nothing is told; what remains is told at its end.
    var isHeldBack = true

    /// Time after the last change of a burst (measured on the incumbents).
    static let delay = TimeAmount.milliseconds(50)
}

extension DeviceRuntime {
    /// The lists changed by a member of that signature: tells it once, a little after the last change of a burst.
    func interfaceChanged(by difference: Int) {
        guard self.server.changes.hasObservers else { return }
        let now = NIODeadline.now()
        let digest = self.members.withLock { $0.digest }
        let schedules = self.announcement.withLock { announcement in
            if announcement.known == nil { announcement.known = digest ^ difference }
            announcement.lastChange = now
            guard !announcement.isScheduled, !announcement.isHeldBack else { return false }
            announcement.isScheduled = true
            return true
        }
        if schedules { self.announceLater(at: now + InterfaceAnnouncement.delay) }
    }

    private func announceLater(at time: NIODeadline) {
        self.server.eventLoops.any().scheduleTask(deadline: time) { [weak self] in self?.announceIfQuiet() }
    }

    private func announceIfQuiet() {
        let due = self.announcement.withLock { announcement -> NIODeadline? in
            let due = announcement.lastChange + InterfaceAnnouncement.delay
            guard due <= .now() else { return due }
            announcement.isScheduled = false
            return nil
        }
        if let due { self.announceLater(at: due) } else { self.announce() }
    }

    /// Tells the lists if they are not those everybody knows.
    private func announce() {
        let digest = self.members.withLock { $0.digest }
        let isChanged = self.announcement.withLock { announcement in
            guard !announcement.isHeldBack, let known = announcement.known else { return false }
            announcement.known = nil
            return known != digest
        }
        if isChanged { self.sendInterface(isDeviceStarted: false) }
    }

    private func sendInterface(isDeviceStarted: Bool) {
        self.server.changes.send(
            self.name,
            .interface(
                commands: self.members.withLock { $0.commandInfos }, attributes: self.allAttributes.map(\.config),
                isDeviceStarted: isDeviceStarted))
    }

    /// Nothing is told until `announceFromNow`.
    func holdAnnouncements() { self.announcement.withLock { $0.isHeldBack = true } }

    /// The device is initialized.
    /// - Parameter before: digest of the lists of the object it replaces: they are told if they differ.
    func announceFromNow(comparedWith before: Int? = nil) {
        self.announcement.withLock { announcement in
            announcement.isHeldBack = false
            if let before { announcement.known = before }
        }
        self.announce()
    }

    var interfaceDigest: Int { self.members.withLock { $0.digest } }
}
