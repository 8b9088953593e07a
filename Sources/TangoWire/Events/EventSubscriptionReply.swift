package import TangoCore

/// The result of the admin device's command `ZmqEventSubscriptionChange`: where to connect, and what to subscribe to there.
package struct EventSubscriptionReply: Sendable, Hashable {
    /// One address of a server: clients use the first pair that they can reach.
    package struct Endpoints: Sendable, Hashable {
        /// Where the heartbeats are published: `tcp://host:port`.
        package var heartbeat: String
        /// Where the events are published.
        package var event: String

        /// Creates a pair.
        package init(heartbeat: String, event: String) {
            self.heartbeat = heartbeat
            self.event = event
        }
    }

    /// Release of the server's library as one number: 934 for 9.3.4, 1033 for 10.3.3.
    package var libraryRelease: Int
    /// Interface version of the device.
    package var deviceVersion: Int
    /// How many messages a client should let wait; at least 1.
    package var highWaterMark: Int
    /// Release of the server's ZeroMQ library as one number: 434 for 4.3.4; `nil` from old servers.
    package var zmqRelease: Int?
    /// The addresses of the server, at least one.
    package var endpoints: [Endpoints]
    /// The topic to subscribe to; `nil` from servers before 9.3, whose clients make it themselves.
    package var topic: String?
    /// The prefix of the heartbeats' topic; `nil` from servers before 9.3.
    package var channel: String?

    /// Creates a reply.
    package init(
        libraryRelease: Int, deviceVersion: Int, highWaterMark: Int, zmqRelease: Int?, endpoints: [Endpoints], topic: String?,
        channel: String?
    ) {
        self.libraryRelease = libraryRelease
        self.deviceVersion = deviceVersion
        self.highWaterMark = highWaterMark
        self.zmqRelease = zmqRelease
        self.endpoints = endpoints
        self.topic = topic
        self.channel = channel
    }

    /// Release from which on a server answers topic and channel.
    private static let firstReleaseWithTopic = 930

    /// Reads a reply.
    /// - Throws: `API_EventChannelNotExported` for one that does not name a place to connect to.
    package init(_ reply: LongStringArray) throws(DevFailed) {
        func malformed(_ why: String) -> DevFailed {
            DevFailed("API_EventChannelNotExported", "The server's answer to the subscription \(why)", origin: "EventSubscriptionReply")
        }
        let numbers = reply.longs
        guard numbers.count >= 3 else { throw malformed("has \(numbers.count) numbers") }
        self.libraryRelease = Int(numbers[0])
        self.deviceVersion = Int(numbers[1])
        self.highWaterMark = max(1, Int(numbers[2]))
        self.zmqRelease = numbers.count > 5 ? Int(numbers[5]) : nil
        let texts = reply.strings
        let namesTopic = self.libraryRelease >= Self.firstReleaseWithTopic
        let addresses = texts.dropLast(namesTopic ? 2 : 0)
        guard addresses.count >= 2, addresses.count % 2 == 0, texts.count - addresses.count == (namesTopic ? 2 : 0) else {
            throw malformed("has \(texts.count) texts")
        }
        self.endpoints = stride(from: 0, to: addresses.count, by: 2).map { Endpoints(heartbeat: texts[$0], event: texts[$0 + 1]) }
        self.topic = namesTopic ? texts[texts.count - 2] : nil
        self.channel = namesTopic ? texts[texts.count - 1] : nil
    }

    /// The command's result. Rate and interval of multicasts, which this library does not send, are zero.
    package var result: LongStringArray {
        var numbers = [self.libraryRelease, self.deviceVersion, self.highWaterMark, 0, 0]
        if let zmqRelease { numbers.append(zmqRelease) }
        return LongStringArray(
            longs: numbers.map { Int32(clamping: $0) },
            strings: self.endpoints.flatMap { [$0.heartbeat, $0.event] } + [self.topic, self.channel].compactMap { $0 })
    }
}

/// The result of `ZmqEventSubscriptionChange(["info"])`.
package struct EventSystemInfo: Sendable, Hashable {
    /// Release of the server's library as one number.
    package var libraryRelease: Int
    /// Where the heartbeats are published.
    package var heartbeat: String
    /// Where the events are published; empty before the first subscription.
    package var event: String

    /// Creates the description of a server's event system.
    package init(libraryRelease: Int, heartbeat: String, event: String) {
        self.libraryRelease = libraryRelease
        self.heartbeat = heartbeat
        self.event = event
    }

    /// Whether an argument of the command asks for it.
    package static func isRequested(by arguments: [String]) -> Bool { arguments.count == 1 && arguments[0].tangoFolded == "info" }

    /// The command's result.
    package var result: LongStringArray {
        LongStringArray(
            longs: [Int32(clamping: self.libraryRelease)], strings: ["Heartbeat: \(self.heartbeat)", "Event: \(self.event)"])
    }
}
