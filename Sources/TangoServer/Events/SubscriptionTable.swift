import NIOCore
import TangoCore
import TangoWire

/// The events that somebody has subscribed to. A subscription belongs to an event and an interface version, not to a client: a server never
/// learns who listens.
struct SubscriptionTable: Sendable {
    /// What is subscribed to.
    struct Subject: Sendable, Hashable {
        /// Name of the device, in lower case.
        let device: String
        /// Name of the attribute or pipe, in lower case; `nil` for changes of the interface.
        let member: String?
        let kind: EventKind

        init(device: String, member: String?, kind: EventKind) {
            self.device = device.tangoFolded
            self.member = kind == .interfaceChange ? nil : member?.tangoFolded
            self.kind = kind
        }
    }

    /// The structures that a group of clients understands. No client of an older interface receives events over ZeroMQ.
    enum Encoding: Int, Sendable, Hashable, CaseIterable {
        /// Interface 4.
        case four = 4
        /// Interfaces 5 and 6.
        case five

        /// The encoding for a client.
        /// - Parameter version: the lower one of the client's interface version and the device's.
        init(_ kind: EventKind, version: Int) { self = version >= 5 || !kind.isVersioned ? .five : .four }
    }

    /// How long a subscription lasts after it was made or confirmed (cppTango 9.3.4).
    static let lifetime = TimeAmount.seconds(600)

    /// When the subscriptions end.
    private var ends: [Subject: [Encoding: NIODeadline]] = [:]

    /// Adds a subscription, or prolongs it.
    /// - Returns: whether nobody had subscribed to the subject before.
    @discardableResult
    mutating func subscribe(to subject: Subject, _ encoding: Encoding, now: NIODeadline) -> Bool {
        let isFirst = self.ends[subject, default: [:]].values.allSatisfy { $0 <= now }
        self.ends[subject, default: [:]][encoding] = now + Self.lifetime
        return isFirst
    }

    /// The encodings in which events of a subject are sent now, oldest first.
    func encodings(of subject: Subject, now: NIODeadline) -> [Encoding] {
        guard let ends = self.ends[subject] else { return [] }
        return Encoding.allCases.filter { encoding in ends[encoding].map { $0 > now } ?? false }
    }

    /// Removes the subscriptions that nobody confirmed.
    /// - Returns: the encodings that nobody is subscribed to any more, by subject.
    mutating func expire(now: NIODeadline) -> [Subject: Set<Encoding>] {
        var ended: [Subject: Set<Encoding>] = [:]
        for (subject, ends) in self.ends {
            let left = ends.filter { $0.value > now }
            guard left.count < ends.count else { continue }
            self.ends[subject] = left.isEmpty ? nil : left
            ended[subject] = Set(ends.keys).subtracting(left.keys)
        }
        return ended
    }

    /// Removes all subscriptions to a device or to one of its members, which is gone.
    mutating func remove(device: String, member: String? = nil) {
        let (device, member) = (device.tangoFolded, member?.tangoFolded)
        self.ends = self.ends.filter { subject, _ in subject.device != device || (member != nil && subject.member != member) }
    }

    /// Everything subscribed to.
    var subjects: Set<Subject> { Set(self.ends.keys) }

    /// Whether nobody has subscribed to anything.
    var isEmpty: Bool { self.ends.isEmpty }
}
