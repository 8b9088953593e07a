import TangoCore
import Testing

@testable import TangoWire

/// Topics as text and as values.
@Suite struct EventTopicTests {
    private let database = TangoHost(host: "ctrl", port: 10000)

    @Test(arguments: [
        (EventKind.change, 6, "idl5_change"), (.change, 5, "idl5_change"), (.change, 4, "change"), (.change, 3, "change"),
        (.periodic, 5, "idl5_periodic"), (.archive, 5, "idl5_archive"), (.user, 5, "idl5_user_event"), (.user, 4, "user_event"),
        (.attributeConfig, 5, "idl5_attr_conf"), (.attributeConfig, 3, "attr_conf"), (.alarm, 6, "alarm"), (.dataReady, 6, "data_ready"),
        (.pipe, 5, "pipe"),
    ])
    func eventsOfAttributesAndPipes(_ kind: EventKind, _ version: Int, _ name: String) {
        let topic = EventTopic(kind, of: "Sys/TG_Test/1", "Double_Scalar", at: self.database, usesDatabase: true, version: version)
        #expect(topic.description == "tango://ctrl:10000/sys/tg_test/1/double_scalar.\(name)")
        #expect(EventTopic(parsing: topic.description) == topic)
        let alone = EventTopic(kind, of: "a/b/c", "x", at: self.database, usesDatabase: false, version: version)
        #expect(alone.description == "tango://ctrl:10000/a/b/c/x#dbase=no.\(name)")
        #expect(EventTopic(parsing: alone.description) == alone)
    }

    @Test func interfaceChangesAndHeartbeatsHaveNoMember() {
        let change = EventTopic(.interfaceChange, of: "a/b/c", "dummy", at: self.database, usesDatabase: true, version: 6)
        #expect(change.description == "tango://ctrl:10000/a/b/c.intr_change")
        #expect(EventTopic(parsing: change.description) == change)
        let heartbeat = EventTopic(heartbeatOf: "dserver/Exe/Inst", at: self.database, usesDatabase: false)
        #expect(heartbeat.channel == "tango://ctrl:10000/dserver/exe/inst#dbase=no")
        #expect(heartbeat.description == "tango://ctrl:10000/dserver/exe/inst#dbase=no.heartbeat")
        #expect(EventTopic(parsing: heartbeat.description) == heartbeat)
    }

    @Test func theSpellingOfTheHostIsKept() {
        let topic = EventTopic(.change, of: "A/B/C", "X", at: TangoHost(host: "Ctrl.Site", port: 1), usesDatabase: true, version: 5)
        #expect(topic.description == "tango://Ctrl.Site:1/a/b/c/x.idl5_change")
        #expect(topic.at(self.database).description == "tango://ctrl:10000/a/b/c/x.idl5_change")
        let six = EventTopic(.change, of: "a/b/c", "x", at: TangoHost(host: "::1", port: 2), usesDatabase: true, version: 4)
        #expect(six.description == "tango://[::1]:2/a/b/c/x.change")
        #expect(EventTopic(parsing: six.description) == six)
    }

    @Test(arguments: [
        "", ".", "tango://", "tango://.", "tango://.change", "tango://h:1/a/b/c/x", "tango://h:1/a/b/c/x.", "tango://h:1/a/b/c/x.nothing",
        "tango://h:1/a/b/c.change", "tango://h:1/a/b/c/x.intr_change", "tango://h:1/a/b/c/x.heartbeat", "tango://h/a/b/c/x.change",
        "tango://h:0/a/b/c/x.change", "tango://h:1//b/c/x.change", "tango://h:1/a/b/c/x#dbase=yes.change", "http://h:1/a/b/c/x.change",
        "tango://h:1/a/b/c/x.idl5_idl5_change", "tango://h:1/a/b/c/x.idl5_alarm", "tango://h:1/a/b/c/x.idl_change",
        "tango://h:1/a/b/c/x.idl55_change", "tango://h:1/a/b/c/x/y.change", "tango://h:1/.change", "tango://h:1/#dbase=no.change",
        "\u{1F600}ango://h:1/a/b/c/x.change", "tango://h:1/a/b/c/x.quality", "tango:/\u{2F}\u{301}h:1/a/b/c/x.change",
    ])
    func textsThatAreNoTopics(_ text: String) {
        #expect(EventTopic(parsing: text) == nil)
    }

    @Test func layoutsOfAllInterfaceVersions() {
        func layout(_ name: String, _ deviceVersion: Int) -> EventPayload.Layout? {
            EventTopic(parsing: "tango://h:1/a/b/c/x.\(name)")?.layout(deviceVersion: deviceVersion)
        }
        #expect(layout("idl5_change", 5) == .value(version: 5))
        #expect(layout("idl6_change", 6) == .value(version: 5))
        #expect(layout("idl4_change", 6) == .value(version: 4))
        #expect(layout("change", 6) == .value(version: 4))
        #expect(layout("change", 4) == .value(version: 4))
        #expect(layout("change", 3) == .value(version: 3))
        #expect(layout("change", -1) == .value(version: 3))
        #expect(layout("alarm", 6) == .value(version: 5))
        #expect(layout("attr_conf", 5) == .attributeConfig(version: 3))
        #expect(layout("attr_conf", 2) == .attributeConfig(version: 2))
        #expect(layout("idl5_attr_conf", 5) == .attributeConfig(version: 5))
        #expect(EventTopic(heartbeatOf: "dserver/a/b", at: self.database, usesDatabase: true).layout(deviceVersion: 5) == nil)
    }

    @Test func requestsReadAsThePeersReadThem() throws {
        func request(_ arguments: String...) throws -> String {
            let request = try EventSubscriptionRequest(arguments)
            return "\(request.kind.rawValue) \(request.clientVersion)"
        }
        #expect(try request("d", "a", "subscribe", "change") == "change 4")
        #expect(try request("d", "a", "subscribe", "attr_conf") == "attr_conf 3")
        #expect(try request("d", "a", "subscribe", "CHANGE", "5", "more") == "change 5")
        #expect(try request("d", "a", "", "idl5_change", "0") == "change 5")
        #expect(try request("d", "a", "subscribe", "idl5_change", "6") == "change 6")
        #expect(try request("d", "a", "subscribe", "change", "five") == "change 4")
        #expect(try request("d", "a", "subscribe", "change", "-9223372036854775808") == "change 4")
        for name in ["idl5_idl5_change", "", "no", "idl5_alarm"] {
            let failure = #expect(throws: DevFailed.self) { try request("d", "a", "subscribe", name, "5") }
            #expect(failure?.reason == .wrongNumberOfArguments)
            #expect(failure?.reasonDescription == "The event type you sent (\(name)) is not  valid event type")
        }
        for count in 0..<4 {
            let failure = #expect(throws: DevFailed.self) { try EventSubscriptionRequest(Array(repeating: "x", count: count)) }
            #expect(failure?.reason == .wrongNumberOfArguments)
        }
        #expect(EventSystemInfo.isRequested(by: ["info"]))
        #expect(!EventSystemInfo.isRequested(by: ["info", "x"]) && !EventSystemInfo.isRequested(by: []))
    }

    @Test func repliesOfEveryLength() throws {
        let texts = ["tcp://a:1", "tcp://a:2", "tcp://b:1", "tcp://b:2", "tango://h:1/a/b/c/x.idl5_change", "tango://h:1/dserver/a/b"]
        for numberCount in 0...7 {
            for textCount in 0...texts.count {
                for release: Int32 in [934, 850, .min, .max] {
                    let numbers = ([release, 5, 1000, 1, 2, 434, 9] as [Int32]).prefix(numberCount)
                    let answer = LongStringArray(longs: Array(numbers), strings: Array(texts.prefix(textCount)))
                    let reply = try? EventSubscriptionReply(answer)
                    let named = release >= 930 ? 2 : 0
                    #expect((reply != nil) == (numberCount >= 3 && textCount >= 2 + named && textCount % 2 == 0))
                    guard let reply else { continue }
                    #expect(reply.endpoints.count == (textCount - named) / 2)
                    #expect((reply.topic != nil) == (named > 0))
                    #expect(try EventSubscriptionReply(reply.result) == reply)
                }
            }
        }
        let negative = try EventSubscriptionReply(LongStringArray(longs: [934, 5, -1], strings: texts))
        #expect(negative.highWaterMark == 1)
        let failure = #expect(throws: DevFailed.self) { try EventSubscriptionReply(LongStringArray()) }
        #expect(failure?.reason == "API_EventChannelNotExported")
    }
}
