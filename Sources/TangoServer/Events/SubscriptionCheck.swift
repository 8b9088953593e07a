import TangoCore

/// What decides whether clients may subscribe to an event of an attribute.
struct SubscriptionCheck: Sendable {
    /// Name of the attribute, as the client spelled it.
    var name: String
    var type: DataType
    var isPolled: Bool
    /// What the device's code sends itself.
    var support: EventSupport
    var criteria: EventCriteria

    /// Checks a subscription, in the order of the peers.
    /// - Parameters:
    ///   - kind: `nil` is an event that there is not, which a confirmation may name (cppTango 9.3.4 and 10.3.3).
    ///   - clientVersion: newest interface version that the client understands.
    /// - Throws: `API_ClientTooOld`, `API_AttributeNotDataReadyEnabled`, `API_AttributePollingNotStarted`, `API_EventPropertiesNotSet`.
    func check(_ kind: EventKind?, clientVersion: Int) throws(DevFailed) {
        switch kind {
        case .user, .attributeConfig, .interfaceChange, .pipe: return
        case .dataReady: return try self.checkDataReady()
        case .alarm: try self.checkAlarm(clientVersion)
        case .change: try self.checkDetected(.change, self.support.change)
        case .archive: try self.checkDetected(.archive, self.support.archive)
        case .periodic, nil: guard self.isPolled else { throw self.notPolled }
        }
    }

    private func checkDataReady() throws(DevFailed) {
        guard !self.support.dataReady else { return }
        throw DevFailed(
            "API_AttributeNotDataReadyEnabled", "The attribute \(self.name) is not data ready event enabled", origin: Self.origin)
    }

    private func checkAlarm(_ clientVersion: Int) throws(DevFailed) {
        guard clientVersion >= 6 else {
            throw DevFailed(
                "API_ClientTooOld",
                "Client library version \(clientVersion) is too old to subscribe to alarm. A client library version of at least 6 is required",
                origin: Self.origin)
        }
        guard self.isPolled || self.support.change != .none || self.support.alarm != .none else { throw self.notPolled }
    }

    private func checkDetected(_ kind: EventKind, _ pushing: EventSupport.Pushing) throws(DevFailed) {
        guard self.isPolled || pushing != .none else { throw self.notPolled }
        guard pushing == .always || self.criteria.suffice(for: kind, of: self.type) else {
            throw DevFailed(
                "API_EventPropertiesNotSet",
                kind == .change
                    ? "Event properties (abs_change or rel_change) for attribute \(self.name) are not set"
                    : "Archive event properties (archive_abs_change or archive_rel_change or archive_period) for attribute \(self.name) are not set",
                origin: Self.origin)
        }
    }

    private var notPolled: DevFailed {
        DevFailed(
            "API_AttributePollingNotStarted",
            "The polling (necessary to send events) for the attribute \(self.name) is not started", origin: Self.origin)
    }

    private static let origin = "DServer::event_subscription"
}

extension SubscriptionCheck {
    /// The check for an attribute as it is now.
    /// - Parameter name: its name as the client spelled it.
    init(_ attribute: AttributeRuntime, as name: String, of runtime: DeviceRuntime) {
        self.init(
            name: name, type: attribute.definition.type, isPolled: runtime.pollConfiguration.object(.attribute, attribute.name) != nil,
            support: attribute.eventSupport, criteria: attribute.eventCriteria)
    }
}
