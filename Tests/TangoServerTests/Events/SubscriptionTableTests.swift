import NIOCore
import TangoCore
import Testing

@testable import TangoServer

/// Who is sent what, by a clock that the test moves.
@Suite struct SubscriptionTableTests {
    private let subject = SubscriptionTable.Subject(device: "A/B/C", member: "Value", kind: .change)

    private func time(_ seconds: Int64) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(seconds) }

    @Test func subscriptionsEndTenMinutesAfterTheLastConfirmation() {
        var table = SubscriptionTable()
        #expect(table.isEmpty && table.encodings(of: self.subject, now: self.time(0)).isEmpty)
        let isFirst = table.subscribe(to: self.subject, .five, now: self.time(0))
        #expect(isFirst)
        #expect(table.encodings(of: self.subject, now: self.time(599)) == [.five])
        #expect(table.encodings(of: self.subject, now: self.time(600)).isEmpty)
        #expect(table.expire(now: self.time(599)).isEmpty)

        let isNew = table.subscribe(to: self.subject, .five, now: self.time(500))
        #expect(!isNew)
        #expect(table.expire(now: self.time(1099)).isEmpty)
        #expect(table.encodings(of: self.subject, now: self.time(1099)) == [.five])
        #expect(table.expire(now: self.time(1100)) == [self.subject: [.five]])
        #expect(table.isEmpty)
    }

    @Test func eachEncodingEndsForItself() {
        var table = SubscriptionTable()
        table.subscribe(to: self.subject, .five, now: self.time(0))
        let isFirst = table.subscribe(to: self.subject, .four, now: self.time(300))
        #expect(!isFirst)
        #expect(table.encodings(of: self.subject, now: self.time(400)) == [.four, .five])
        #expect(table.expire(now: self.time(700)) == [self.subject: [.five]])
        #expect(table.encodings(of: self.subject, now: self.time(700)) == [.four])
        #expect(table.expire(now: self.time(900)) == [self.subject: [.four]])
        #expect(table.isEmpty)
    }

    @Test func afterAnEndTheNextIsTheFirstAgain() {
        var table = SubscriptionTable()
        table.subscribe(to: self.subject, .five, now: self.time(0))
        let isFirst = table.subscribe(to: self.subject, .four, now: self.time(600))
        #expect(isFirst)
    }

    @Test func namesHaveNoCaseAndInterfacesNoMember() {
        #expect(self.subject == SubscriptionTable.Subject(device: "a/b/c", member: "VALUE", kind: .change))
        #expect(self.subject != SubscriptionTable.Subject(device: "a/b/c", member: "value", kind: .archive))
        #expect(
            SubscriptionTable.Subject(device: "a/b/c", member: "dummy", kind: .interfaceChange)
                == SubscriptionTable.Subject(device: "a/b/c", member: nil, kind: .interfaceChange))
    }

    @Test func encodingsOfKindsAndVersions() {
        for version in 1...4 { #expect(SubscriptionTable.Encoding(.change, version: version) == .four) }
        #expect(SubscriptionTable.Encoding(.attributeConfig, version: 4) == .four)
        for version in 5...6 { #expect(SubscriptionTable.Encoding(.user, version: version) == .five) }
        for kind in [EventKind.alarm, .dataReady, .pipe, .interfaceChange] {
            #expect(SubscriptionTable.Encoding(kind, version: 4) == .five)
        }
    }

    @Test func whatIsGoneIsNotSubscribedTo() {
        var table = SubscriptionTable()
        let other = SubscriptionTable.Subject(device: "a/b/c", member: "Other", kind: .archive)
        let elsewhere = SubscriptionTable.Subject(device: "x/y/z", member: "Value", kind: .change)
        for subject in [self.subject, other, elsewhere] { table.subscribe(to: subject, .five, now: self.time(0)) }
        table.remove(device: "a/B/c", member: "vaLue")
        #expect(table.subjects == [other, elsewhere])
        table.remove(device: "A/b/c")
        #expect(table.subjects == [elsewhere])
    }
}
