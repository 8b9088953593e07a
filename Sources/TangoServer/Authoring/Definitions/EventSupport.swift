import TangoCore

/// Which events of an attribute the device's code sends itself.
///
/// Other events come from polling. Pushing also makes subscriptions possible that would need polling otherwise.
public struct EventSupport: Sendable, Hashable {
    /// How pushed values become events.
    public enum Pushing: Sendable, Hashable {
        /// The device's code does not push events of this kind.
        case none
        /// Every pushed value is an event.
        case always
        /// The criteria of the attribute's configuration decide, as they do for polled values.
        case detected
    }

    /// Change events.
    public var change = Pushing.none
    /// Archive events.
    public var archive = Pushing.none
    /// Alarm events. Without, a pushed change event that changes the alarm state sends an alarm event as well.
    public var alarm = Pushing.none
    /// Whether clients may subscribe to data-ready events.
    public var dataReady = false

    /// Creates a declaration of no pushed events.
    public init() {}

    /// How values of a kind become events. User events need no declaration: each is one.
    public subscript(kind: PushKind) -> Pushing {
        get {
            switch kind {
            case .change: self.change
            case .archive: self.archive
            case .alarm: self.alarm
            case .user: .always
            }
        }
        set {
            switch kind {
            case .change: self.change = newValue
            case .archive: self.archive = newValue
            case .alarm: self.alarm = newValue
            case .user: break
            }
        }
    }

    /// What is declared for a kind of event; `none` for kinds that need no declaration.
    func pushing(_ kind: EventKind) -> Pushing {
        switch kind {
        case .change: self.change
        case .archive: self.archive
        case .alarm: self.alarm
        case .periodic, .user, .attributeConfig, .dataReady, .pipe, .interfaceChange: .none
        }
    }
}
