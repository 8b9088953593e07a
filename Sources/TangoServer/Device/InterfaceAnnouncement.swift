import NIOCore
import Synchronization
import TangoCore

/// Announces the lists of commands and attributes of a device when they have changed: once for a burst of changes, a little after the last
/// one, and not before the properties of added attributes have been read.
final class InterfaceAnnouncement: Sendable {
    private struct State {
        /// Digest of the lists as last announced; `nil` if nothing has changed since.
        var announced: Int?
        var lastChange = NIODeadline.distantPast
        var isScheduled = false
        /// Nothing is announced while the device initializes; what has changed is announced at the end.
        var isHeld = true
        /// The burst is over, but the properties of an added attribute have not been read yet.
        var waitsForProperties = false
    }

    /// Time after the last change of a burst, that of cppTango 9.3.4.
    static let delay = TimeAmount.milliseconds(50)

    private let device: DeviceName
    private let members: DeviceMembers
    private let database: DatabaseSynchronizer
    private let changes: ChangeHub
    private let eventLoops: any EventLoopGroup
    private let state = Mutex(State())

    init(
        device: DeviceName, members: DeviceMembers, database: DatabaseSynchronizer, changes: ChangeHub, eventLoops: any EventLoopGroup
    ) {
        self.device = device
        self.members = members
        self.database = database
        self.changes = changes
        self.eventLoops = eventLoops
    }

    /// Notes that members were added, removed or replaced.
    /// - Parameter difference: exclusive or of their signatures.
    func changed(by difference: Int) {
        guard self.changes.hasObservers else { return }
        let now = NIODeadline.now()
        let digest = self.members.digest
        let schedules = self.state.withLock { state in
            if state.announced == nil { state.announced = digest ^ difference }
            state.lastChange = now
            guard !state.isScheduled, !state.isHeld else { return false }
            state.isScheduled = true
            return true
        }
        if schedules { self.schedule(at: now + Self.delay) }
    }

    /// Holds announcements until `release`.
    func hold() { self.state.withLock { $0.isHeld = true } }

    /// Ends the initialization of the device, and announces what has changed.
    /// - Parameter before: digest of the lists of the object it replaces.
    func release(comparedWith before: Int? = nil) {
        self.state.withLock { state in
            state.isHeld = false
            if let before { state.announced = before }
        }
        self.announceWhenRead()
    }

    /// Notes that the properties of an added attribute have been read.
    func propertiesRead() {
        guard !self.database.hasUnreadProperties, self.endWait() else { return }
        self.announce()
    }

    private func schedule(at time: NIODeadline) {
        self.eventLoops.any().scheduleTask(deadline: time) { [weak self] in self?.announceIfQuiet() }
    }

    private func announceIfQuiet() {
        let due = self.state.withLock { state -> NIODeadline? in
            let due = state.lastChange + Self.delay
            guard due <= .now() else { return due }
            state.isScheduled = false
            return nil
        }
        if let due { self.schedule(at: due) } else { self.announceWhenRead() }
    }

    /// Announces at once, or when the last property has been read.
    private func announceWhenRead() {
        // Set before the check: a read that ends between the two then announces itself.
        self.state.withLock { $0.waitsForProperties = true }
        self.propertiesRead()
    }

    private func endWait() -> Bool {
        self.state.withLock { state in
            defer { state.waitsForProperties = false }
            // After a later change, the timer announces it.
            return state.waitsForProperties && !state.isScheduled
        }
    }

    /// Announces the lists if they are not those that were announced last.
    private func announce() {
        let digest = self.members.digest
        let isChanged = self.state.withLock { state in
            guard !state.isHeld, let announced = state.announced else { return false }
            state.announced = nil
            return announced != digest
        }
        guard isChanged else { return }
        self.changes.send(
            self.device,
            .interface(
                commands: self.members.commandInfos, attributes: self.members.allAttributes.map(\.config), isDeviceStarted: false))
    }
}
