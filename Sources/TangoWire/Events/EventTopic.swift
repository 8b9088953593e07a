package import TangoCore

/// The topic of a ZeroMQ message: what it is about, as text `tango://host:port/device[/member][#dbase=no].event`.
package struct EventTopic: Sendable, Hashable, CustomStringConvertible {
    /// What the topic names after its last dot.
    package enum Event: Sendable, Hashable {
        /// A heartbeat of a server; the device is its admin device.
        case heartbeat
        /// An event of a kind, with the interface version that its name carries: 5 for `idl5_change`, `nil` for `change`.
        case kind(EventKind, version: Int?)
    }

    /// The control system's database, or without one the server's own address.
    package var host: TangoHost
    /// Whether the server uses a database.
    package var usesDatabase: Bool
    /// `domain/family/member`, in lower case.
    package var device: String
    /// The attribute or pipe, in lower case; `nil` for heartbeats and changes of the interface.
    package var member: String?
    /// What is published under the topic.
    package var event: Event

    /// Creates the topic of a server's heartbeats.
    package init(heartbeatOf adminDevice: String, at host: TangoHost, usesDatabase: Bool) {
        self.init(host: host, usesDatabase: usesDatabase, device: adminDevice, member: nil, event: .heartbeat)
    }

    /// Creates the topic of the events that clients of an interface version receive.
    /// - Parameter version: the lower one of the client's interface version and the device's.
    package init(_ kind: EventKind, of device: String, _ member: String?, at host: TangoHost, usesDatabase: Bool, version: Int) {
        self.init(
            host: host, usesDatabase: usesDatabase, device: device, member: kind == .interfaceChange ? nil : member,
            event: .kind(kind, version: kind.isVersioned && version >= 5 ? 5 : nil))
    }

    private init(host: TangoHost, usesDatabase: Bool, device: String, member: String?, event: Event) {
        self.host = host
        self.usesDatabase = usesDatabase
        self.device = device.tangoFolded
        self.member = member?.tangoFolded
        self.event = event
    }

    /// Parses a topic; `nil` for a text that is none.
    package init?(parsing text: String) {
        let scheme = "tango://"
        guard text.utf8.count > scheme.utf8.count, text.prefix(scheme.count).lowercased() == scheme,
            let dot = text.utf8.lastIndex(of: UInt8(ascii: ".")),
            let event = Event(name: String(text[text.utf8.index(after: dot)...]))
        else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: scheme.utf8.count)
        guard start <= dot else { return nil }
        var object = text[start..<dot]
        var usesDatabase = true
        if let hash = object.utf8.firstIndex(of: UInt8(ascii: "#")) {
            guard object[hash...].lowercased() == Self.withoutDatabase else { return nil }
            usesDatabase = false
            object = object[..<hash]
        }
        let fields = object.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { String(Substring($0)) }
        let count = event.hasMember ? 5 : 4
        guard fields.count == count, fields.allSatisfy({ !$0.isEmpty }), let host = try? TangoHost(parsing: fields[0]) else { return nil }
        self.init(
            host: host, usesDatabase: usesDatabase, device: fields[1...3].joined(separator: "/"),
            member: event.hasMember ? fields[4] : nil, event: event)
    }

    /// The text that is sent and subscribed to.
    package var description: String { "\(self.channel(self.member)).\(self.event.name)" }

    /// The topic without its event; of a heartbeat the "channel" that a server answers to a subscription.
    package var channel: String { self.channel(self.member) }

    private static let withoutDatabase = "#dbase=no"

    private func channel(_ member: String?) -> String {
        var text = "tango://\(self.host)/\(self.device)"
        if let member { text += "/\(member)" }
        if !self.usesDatabase { text += Self.withoutDatabase }
        return text
    }

    /// Returns the topic with another prefix: a publisher may spell the address of its database otherwise than a subscriber.
    package func at(_ host: TangoHost) -> EventTopic {
        var topic = self
        topic.host = host
        return topic
    }

    /// What the fourth frame of its messages holds.
    /// - Parameter deviceVersion: interface version of the device; it matters for topics without a version of their own.
    package func layout(deviceVersion: Int) -> EventPayload.Layout? {
        guard case .kind(let kind, let version) = self.event else { return nil }
        switch kind {
        case .alarm: return .value(version: 5)
        case .change, .archive, .periodic, .user: return .value(version: min(max(version ?? min(deviceVersion, 4), 3), 5))
        case .attributeConfig:
            let version = version ?? min(deviceVersion, 4)
            return .attributeConfig(version: version >= 5 ? 5 : version >= 3 ? 3 : 2)
        case .dataReady: return .dataReady
        case .pipe: return .pipe
        case .interfaceChange: return .interfaceChange
        }
    }
}

extension EventTopic.Event {
    /// `heartbeat`, `change`, `idl5_change`, …; `nil` for anything else.
    package init?(name: String) {
        guard name != "heartbeat" else {
            self = .heartbeat
            return
        }
        guard let (kind, version) = EventKind.named(name) else { return nil }
        self = .kind(kind, version: version)
    }

    /// The name as it stands in a topic.
    package var name: String {
        switch self {
        case .heartbeat: "heartbeat"
        case .kind(let kind, nil): kind.rawValue
        case .kind(let kind, let version?): "idl\(version)_\(kind.rawValue)"
        }
    }

    fileprivate var hasMember: Bool {
        switch self {
        case .heartbeat, .kind(.interfaceChange, _): false
        case .kind: true
        }
    }
}

extension EventKind {
    /// Whether clients of interface 5 receive it under a topic of their own, `idl5_…`.
    package var isVersioned: Bool {
        switch self {
        case .change, .archive, .periodic, .user, .attributeConfig: true
        case .alarm, .dataReady, .pipe, .interfaceChange: false
        }
    }

    /// Returns the kind of a name and the interface version in front of it: 5 for `idl5_change`, `nil` for `change`. Only one prefix is
    /// taken off, and only of kinds that may have one. `nil` for names that are none.
    package static func named(_ name: String) -> (kind: EventKind, version: Int?)? {
        let folded = name.tangoFolded
        if let kind = EventKind(rawValue: folded) { return (kind, nil) }
        let bytes = Array(folded.utf8)
        guard bytes.count > 5, bytes.starts(with: "idl".utf8), (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(bytes[3]),
            bytes[4] == UInt8(ascii: "_"), let kind = EventKind(rawValue: String(decoding: bytes[5...], as: UTF8.self)), kind.isVersioned
        else { return nil }
        return (kind, Int(bytes[3] - UInt8(ascii: "0")))
    }
}
