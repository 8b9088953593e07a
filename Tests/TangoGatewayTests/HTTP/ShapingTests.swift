import HTTPTypes
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct ShapingTests {
    private func filtered(_ json: String, _ filters: String...) throws -> String {
        Filter(filters).apply(to: try JSONValue(parsing: json)).text
    }

    private static let device = #"{"name":"d","host":"h","info":{"name":"i","server":"s","pid":1},"list":[{"name":1}]}"#

    @Test func listedMembersAreKeptAtEveryObjectLevel() throws {
        #expect(try self.filtered(Self.device, "name", "server") == #"{"name":"d","info":{"name":"i","server":"s"}}"#)
        #expect(try self.filtered(Self.device, "info") == #"{"info":{"name":"i","server":"s","pid":1}}"#)
        #expect(try self.filtered(Self.device, "list") == #"{"list":[{"name":1}]}"#)
        #expect(try self.filtered(Self.device, "nothing") == "{}")
    }

    @Test func negatedMembersAreRemovedButNotInsideLists() throws {
        #expect(try self.filtered(Self.device, "!name") == #"{"host":"h","info":{"server":"s","pid":1},"list":[{"name":1}]}"#)
        #expect(try self.filtered(Self.device, "info", "!pid") == #"{"info":{"name":"i","server":"s"}}"#)
    }

    @Test func elementsOfListsAreFilteredAndFailingOnesAreNot() throws {
        let list = #"[{"name":"a","x":1},{"name":"b","errors":[]},"text"]"#
        #expect(try self.filtered(list, "name") == #"[{"name":"a"},{"name":"b","errors":[]},"text"]"#)
    }

    @Test func rangesAreHalfOpenAndClamped() throws {
        let range = try #require(try ItemRange(query: "5-10", header: nil, size: 8))
        #expect(try range.clamped(to: 8) == 5..<8)
        #expect(try range.clamped(to: 20) == 5..<10)
        #expect(try ItemRange(query: nil, header: "items=0-2", size: 3) == ItemRange(query: "0-2", header: "items=1-2", size: 3))
        #expect(try ItemRange(query: nil, header: "bytes=0-2", size: 3) == nil)
        #expect(try ItemRange(query: nil, header: nil, size: 3) == nil)
    }

    @Test(arguments: ["", "5", "a-b", "-1-5", "3-3", "5-2", "1-", "-5", "1-2-3", "99999999999999999999-3"])
    func badRangesAre416(text: String) {
        do throws(HTTPFailure) {
            _ = try ItemRange(query: text, header: nil, size: 7)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.status == .rangeNotSatisfiable)
            #expect(error.headers[.contentRange] == "items */7")
        }
    }

    @Test func rangesBehindTheEndAre416() throws {
        let range = try #require(try ItemRange(query: "8-9", header: nil, size: 8))
        #expect(throws: HTTPFailure.self) { try range.clamped(to: 8) }
        #expect(throws: HTTPFailure.self) { try range.clamped(to: 0) }
    }

    @Test func linksLeadToTheNeighboringParts() throws {
        let range = try #require(try ItemRange(query: "10-20", header: nil, size: 25))
        let links = range.links(size: 25) { "u?range=\($0)" }
        #expect(
            links == [
                "<u?range=0-10>; rel=\"first\"; range=\"0-10\"", "<u?range=0-10>; rel=\"prev\"; range=\"0-10\"",
                "<u?range=20-25>; rel=\"next\"; range=\"20-25\"", "<u?range=20-25>; rel=\"last\"; range=\"20-25\"",
            ])
    }

    @Test(
        arguments: [
            (nil, MediaType.json), ("*/*", .json), ("text/plain", .text), ("text/*", .text), ("image/jpeg, application/json;q=0.5", .jpeg),
            ("text/plain, application/json", .json), ("text/plain;q=0.9, */*;q=0.1", .text), ("application/json;q=0, */*", .text),
            ("text/html", nil),
            ("application/json;q=0", nil), ("TEXT/Plain; q=0.3", .text),
        ] as [(String?, MediaType?)])
    func representationsAreNegotiated(accept: String?, expected: MediaType?) {
        #expect(MediaType.negotiate(accept: accept, offered: MediaType.allCases) == expected)
    }

    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ] as [(Int64, String)])
    func datesRoundTrip(seconds: Int64, text: String) {
        #expect(HTTPDate.format(seconds) == text)
        #expect(HTTPDate.parse(text) == seconds)
    }

    @Test func olderDatesAreReadAndBadOnesAreNot() {
        #expect(HTTPDate.parse("Sunday, 06-Nov-94 08:49:37 GMT") == 784_111_777)
        #expect(HTTPDate.parse("Sun Nov  6 08:49:37 1994") == 784_111_777)
        for text in ["", "yesterday", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 25:00:00 GMT", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            #expect(HTTPDate.parse(text) == nil)
        }
    }

    @Test func entityTagsAreQuotedAndCompared() {
        let tag = EntityTag.of([1, 2, 3])
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
        #expect(tag != EntityTag.of([1, 2, 4]))
        #expect(EntityTag.matches("\"x\", W/\(tag)", tag))
        #expect(EntityTag.matches("*", tag))
        #expect(!EntityTag.matches("\"x\"", tag))
    }

    @Test func wildcardsSelectAUnionInOrder() throws {
        let devices = ["dserver/T/1", "sys/tg_test/1", "sys/tg_test/2", "sys2/x/1"]
        func select(_ wildcards: String...) throws -> [String] { try DeviceSelection(wildcards).select(from: devices) }
        #expect(try select() == devices)
        #expect(try select("sys") == ["sys/tg_test/1", "sys/tg_test/2"])
        #expect(try select("SYS*/*/1") == ["sys/tg_test/1", "sys2/x/1"])
        #expect(try select("*/*/2", "sys/*") == ["sys/tg_test/2", "sys/tg_test/1"])
        #expect(try select("none") == [])
        #expect(throws: HTTPFailure.self) { try select("a/b/c/d") }
    }

    @Test func treesGroupInDatabaseOrder() {
        let tree = DeviceTree(host: TangoHost(host: "h", port: 1), devices: ["b/x/1", "a/y/1", "B/x/2"], aliases: ["a/y/1": "alias"])
        #expect(
            tree.json.text
                == #"{"id":"h:1","value":"h:1","$css":"tango_host","data":[{"value":"aliases","$css":"aliases","data":[{"value":"alias","$css":"member","isAlias":true,"device_name":"a/y/1"}]},{"value":"b","$css":"tango_domain","data":[{"value":"x","$css":"tango_family","data":[{"id":"h:1/b/x/1","value":"1","$css":"member","isMember":true,"device_name":"b/x/1"},{"id":"h:1/B/x/2","value":"2","$css":"member","isMember":true,"device_name":"B/x/2"}]}]},{"value":"a","$css":"tango_domain","data":[{"value":"y","$css":"tango_family","data":[{"id":"h:1/a/y/1","value":"1","$css":"member","isMember":true,"device_name":"a/y/1"}]}]}],"isAlive":true}"#
        )
    }
}
