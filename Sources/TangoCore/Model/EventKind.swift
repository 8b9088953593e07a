/// The kinds of events of Tango. The raw value is the name that clients subscribe with.
public enum EventKind: String, Sendable, Hashable, CaseIterable {
    /// The value changed by more than a criterion.
    case change
    /// The quality went to or from ALARM or WARNING (interface 6).
    case alarm
    /// The value changed by more than a criterion of its own, or a period is over.
    case archive
    /// A period is over.
    case periodic
    /// The device's code sent it.
    case user = "user_event"
    /// The configuration of an attribute was set.
    case attributeConfig = "attr_conf"
    /// The device's code announced that data are ready to be read.
    case dataReady = "data_ready"
    /// The device's code sent the value of a pipe.
    case pipe
    /// The lists of commands or attributes changed.
    case interfaceChange = "intr_change"

    /// Whether its events carry the value of an attribute.
    public var carriesValue: Bool {
        switch self {
        case .change, .alarm, .archive, .periodic, .user: true
        case .attributeConfig, .dataReady, .pipe, .interfaceChange: false
        }
    }
}
