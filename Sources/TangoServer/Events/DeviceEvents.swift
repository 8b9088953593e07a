import NIOCore
import Synchronization
import TangoCore
import TangoWire

/// Sends what becomes of the values of a device to those who have subscribed to its events.
struct DeviceEvents: Sendable {
    let runtime: DeviceRuntime

    private var supplier: EventSupplier { self.runtime.server.events }

    // MARK: - Who is subscribed

    /// Gives an attribute that has just become part of the device the events that somebody subscribed to under its name.
    func attach(_ attribute: AttributeRuntime) {
        // Not before the attribute can be found: a subscription that is made meanwhile finds it (`subscribed`).
        if let events = self.supplier.events(of: self.runtime.name.folded, attribute.name) { attribute.attach(events) }
    }

    /// Does so for all attributes of a device that can be found from now on.
    func attachAll() {
        for (name, events) in self.supplier.members(of: self.runtime.name.folded) { self.runtime.attribute(name)?.attach(events) }
    }

    /// Forgets the subscriptions of an attribute or pipe that is gone.
    func removed(_ member: String) {
        if self.supplier.isUsed { self.supplier.memberRemoved(member, of: self.runtime.name.folded) }
    }

    // MARK: - Polling

    /// Sends the events of polled values, failed reads included.
    /// - Parameter began: when the reading began.
    func polled(_ values: [AttributeValue], began: NIODeadline) {
        guard self.supplier.isUsed else { return }
        for value in values {
            guard let attribute = self.runtime.attribute(value.name), let events = attribute.events, events.isPollingWatched,
                // A read may end after the polling of the attribute has.
                self.runtime.persistentState.polling?.object(.attribute, attribute.name) != nil
            else { continue }
            events.polled(value, began: began, attribute.eventCriteria)
        }
    }

    /// Sends the error of an attribute that was not polled since polling is late.
    func pollingLate(_ attribute: String) {
        guard self.supplier.isUsed else { return }
        let failure = DevFailed(
            "API_PollThreadOutOfSync",
            "The polling thread is late and discard this object polling.\nAdvice: Tune device server polling",
            origin: "PollThread::err_out_of_sync")
        self.polled([AttributeValue(name: attribute, failure: failure, time: .now)], began: .now())
    }

    /// Sends the error that ends the events of an attribute that is not polled any more, also of one that was removed.
    func pollingStopped(_ attribute: String) {
        guard self.supplier.isUsed, let events = self.supplier.events(of: self.runtime.name.folded, attribute) else { return }
        let failure = DevFailed(
            "API_PollObjNotFound", "No event possible on attribute \(attribute). Polling has just being stopped!",
            origin: "DServer::rem_obj_polling")
        events.pollingStopped(failure, name: attribute, except: self.runtime.attribute(attribute)?.eventSupport ?? EventSupport())
    }

    // MARK: - Pushing

    /// Whether pushed values of a kind go anywhere.
    func isWatched(_ kind: PushKind, _ attribute: AttributeRuntime) -> Bool {
        guard let events = attribute.events else { return false }
        return events.isSubscribed(kind.eventKind) || (kind == .change && events.isSubscribed(.alarm))
    }

    /// Sends the events of a value that the device's code pushed, or of an error.
    func pushed(_ kind: PushKind, _ value: AttributeValue, _ attribute: AttributeRuntime) {
        attribute.events?.pushed(
            kind.eventKind, value, now: .now(), attribute.eventSupport, attribute.eventCriteria,
            sendsAlarms: self.runtime.server.controlSystemSettings.sendsAlarmsWithChanges.load(ordering: .relaxed))
    }

    /// Announces data that are ready to be read, where the attribute is declared to do so.
    func dataReady(_ attribute: AttributeRuntime, counter: Int32) {
        guard let events = attribute.events, attribute.eventSupport.dataReady else { return }
        let announcement = DataReady(attribute: attribute.name, typeNumber: attribute.definition.type.rawValue, counter: counter)
        events.publish(.dataReady, .dataReady(announcement))
    }
}
