package import TangoCore

/// The argument of the admin device's command `ZmqEventSubscriptionChange`.
package struct EventSubscriptionRequest: Sendable, Hashable {
    /// Name or alias of the device, as given.
    package var device: String
    /// Name of the attribute or pipe, as given; any text for changes of the interface.
    package var member: String
    /// What is subscribed to.
    package var kind: EventKind
    /// Newest interface version that the client understands.
    package var clientVersion: Int

    /// Creates a request.
    package init(device: String, member: String?, kind: EventKind, clientVersion: Int) {
        self.device = device
        self.member = member ?? "dummy"
        self.kind = kind
        self.clientVersion = clientVersion
    }

    /// Reads an argument of four or more texts.
    ///
    /// A name may have an `idl5_` in front, which counts where the client gives release 0. Without a release it is 4, of configurations 3;
    /// the third text and those after the fifth are not looked at (cppTango 9.3.4).
    /// - Throws: `API_WrongNumberOfArgs` for fewer texts, and for an unknown event with the peers' text.
    package init(_ arguments: [String]) throws(DevFailed) {
        guard arguments.count >= 4 else {
            let needed = "device name, attribute/pipe name, action, event name"
            throw DevFailed(
                .wrongNumberOfArguments,
                arguments.count == 1
                    ? "Not enough input arguments, needs 4 i.e. \(needed)"
                    : "Not enough input arguments, needs at least 4 i.e. \(needed), <Tango lib release>", origin: Self.origin)
        }
        guard let (kind, version) = EventKind.named(arguments[3]) else {
            throw DevFailed(
                .wrongNumberOfArguments, "The event type you sent (\(arguments[3])) is not  valid event type", origin: Self.origin)
        }
        self.device = arguments[0]
        self.member = arguments[1]
        self.kind = kind
        let given = arguments.count > 4 ? Int(arguments[4]) : nil
        let missing = kind == .attributeConfig ? 3 : 4
        self.clientVersion = given.flatMap { $0 > 0 ? $0 : nil } ?? version ?? missing
    }

    private static let origin = "DServer::zmq_event_subscription_change"

    /// The command's argument.
    package var arguments: [String] { [self.device, self.member, "subscribe", self.kind.rawValue, String(self.clientVersion)] }
}
