import HTTPTypes
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

/// Conventions of all resources (sections 1, 6.3 and 13 of the interface), on live devices.
@Suite struct ConventionTests {
    private func link(_ reply: Reply) -> String { HTTPField.Name("Link").flatMap { reply.headers[$0] } ?? "" }
    private func size(_ reply: Reply) -> String? { HTTPField.Name("X-size").flatMap { reply.headers[$0] } }

    @Test func namesAreFoundWithoutCaseAndAnsweredAsDeclared() async throws {
        try await LiveSystem.run { system in
            let device = await system.send(.get, "SYS/TG_test/1")
            #expect(device.json.object?["name"] == "sys/tg_test/1" && device.json.object?["id"] == .string("\(system.host)/sys/tg_test/1"))
            for (path, name) in [
                ("SYS/tg_test/1/attributes/state", "State"), ("sys/tg_test/1/attributes/STATE/value", "State"),
                ("sys/tg_test/1/attributes/Double_Scalar/value", "double_scalar"), ("sys/tg_test/1/commands/init", "Init"),
                ("sys/tg_test/1/pipes/STRING_long_short_ro/value", "string_long_short_ro"),
            ] {
                let object = await system.send(.get, path).json.object
                #expect(object?["name"] == .string(name) && object?["device"] == "sys/tg_test/1", "\(path)")
            }
            let many = await system.send(.get, "sys/tg_test/1/attributes/value?attr=state&attr=DOUBLE_scalar")
            #expect(many.items.map { $0["name"] } == ["State", "double_scalar"])
        }
    }

    @Test func theHostIsEchoedAsWrittenWithItsPort() async throws {
        try await LiveSystem.run { system in
            let port = system.host.port
            for segment in ["LocalHost;port=\(port)", "LocalHost%3Bport%3D\(port)", "LocalHost:\(port)", "LocalHost;x=1;port=\(port)"] {
                let reply = await system.send(.get, "/tango/rest/v1.0/hosts/\(segment)/devices/test%2Fecho%2F1/attributes/limited/value/")
                #expect(reply.status == 200 && reply.json.object?["host"] == .string("LocalHost:\(port)"), "\(segment): \(reply.text)")
            }
            let bulk = await system.send(.get, "/tango/rest/v1.0/attributes?wildcard=LocalHost:\(port)/test/echo/1/Limited")
            #expect(bulk.items.first?["host"] == .string("LocalHost:\(port)"))
            #expect(
                bulk.items.first?["value"]
                    == .string(
                        "http://server:1/tango/rest/v1.0/hosts/LocalHost;port=\(port)/devices/test/echo/1/attributes/Limited/value"))
        }
    }

    @Test func linksOfSingleResourcesAreTheRequestsPathAndASuffix() async throws {
        try await LiveSystem.run { system in
            let path = "\(system.hostURL)/devices/Test/Echo/1"
            let device = await system.send(.get, path)
            #expect(device.json.object?["attributes"] == .string("http://server:1\(path)/attributes"))
            let attribute = await system.send(.get, "\(path)/attributes/LIMITED")
            for field in ["value", "properties", "history"] {
                #expect(attribute.json.object?[field] == .string("http://server:1\(path)/attributes/LIMITED/\(field)"))
            }
            let lower = "http://server:1\(path)/attributes/limited".lowercased()
            #expect(self.link(attribute) == "<\(lower)>; rel=\"self\", <\(lower.dropLast("/limited".count))>; rel=\"parent\"")
        }
    }

    @Test func filtersKeepAndRemoveMembers() async throws {
        try await LiveSystem.run { system in
            let device = await system.send(.get, "test/echo/1?filter=name&filter=server")
            #expect(device.text == #"{"name":"test/echo/1","info":{"name":"test/echo/1","server":"Test/live"}}"#)
            #expect(await system.send(.get, "test/echo/1?filter=!info&filter=name&filter=info").text == #"{"name":"test/echo/1"}"#)
            #expect(await system.send(.get, "test/echo/1?filter=nothing").text == "{}")
            let pipe = await system.send(.get, "sys/tg_test/1/pipes/string_long_short_ro/value?filter=name")
            #expect(pipe.text == #"{"name":"string_long_short_ro"}"#)
            let command = await system.send(.put, "sys/tg_test/1/commands/DevLong?filter=!input", "5")
            #expect(command.json.object?.members.map(\.name) == ["host", "device", "name", "output"])
            let list = await system.send(.get, "test/echo/1/commands?filter=name&range=0-2")
            #expect(
                list.items.allSatisfy { $0.members.map(\.name) == ["name"] || $0["info"]?.object?["name"] == nil } && list.items.count == 2)
            let failing = await system.send(.get, "test/echo/1/attributes/value?attr=Broken&attr=State&filter=value")
            #expect(failing.items[0]["errors"] != nil && failing.items[1].members.map(\.name) == ["value"])
            #expect(await system.send(.get, "no/such/device?filter=name").json.object?["errors"] != nil)
        }
    }

    @Test func listsAreCutHalfOpen() async throws {
        try await LiveSystem.run { system in
            let whole = await system.send(.get, "test/echo/1/attributes")
            let size = whole.items.count
            #expect(whole.status == 200 && whole.headers[.acceptRanges] == "items" && self.size(whole) == "\(size)")
            let part = await system.send(.get, "test/echo/1/attributes?range=5-10")
            #expect(part.status == 206 && part.items == Array(whole.items[5..<10]))
            #expect(part.headers[.contentRange] == "items 5-10/\(size)" && self.size(part) == "\(size)")
            #expect(part.headers[.acceptRanges] == "items")
            #expect(self.link(part).contains("range=10-15>; rel=\"next\"; range=\"10-15\""))
            for rel in ["self", "parent", "first", "prev", "next", "last"] { #expect(self.link(part).contains("rel=\"\(rel)\"")) }
            let last = await system.send(.get, "test/echo/1/attributes?range=\(size - 1)-9999")
            #expect(last.items.count == 1 && last.headers[.contentRange] == "items \(size - 1)-\(size)/\(size)")
            let header = await system.send(.get, "test/echo/1/attributes", headers: [.range: "items=0-3"])
            #expect(header.status == 206 && header.items.count == 3)
            let both = await system.send(.get, "test/echo/1/attributes?range=0-1", headers: [.range: "items=0-3"])
            #expect(both.items.count == 1)
            let bytes = await system.send(.get, "test/echo/1/attributes", headers: [.range: "bytes=0-3"])
            #expect(bytes.status == 200 && bytes.items.count == size)
            #expect(await system.send(.get, "test/echo/1?range=9-1").status == 200)
            let families = await system.send(.get, "\(system.hostURL)/devices/test?range=0-1")
            #expect(families.status == 206 && families.text == #"["echo"]"#)
        }
    }

    @Test func answersSayHowLongTheyMayBeKept() async throws {
        try await LiveSystem.run { system in
            for (path, milliseconds) in [
                ("test/echo/1/attributes/Limited/value", 200), ("test/echo/1/state", 200), ("test/echo/1/attributes", 1000),
                ("test/echo/1", 1000), ("test/echo/1/properties", 1000), ("test/echo/1/attributes/Limited/properties", 1000),
                ("\(system.hostURL)/devices", 1000), ("\(system.hostURL)/devices/tree", 3000), ("/tango/rest/v11/devices/tree", 3000),
                ("/tango/rest/v11/attributes/value?wildcard=\(system.host)/test/*/*/State", 200),
                ("/tango/rest/v11/attributes?wildcard=\(system.host)/test/*/*/State", 1000),
            ] {
                let reply = await system.send(.get, path)
                #expect(reply.status == 200, "\(path)")
                #expect(
                    reply.headers[.cacheControl] == "no-transform, max-age=\(milliseconds / 1000), max-age-millis=\"\(milliseconds)\"",
                    "\(path)")
                #expect(reply.headers[.expires]?.hasSuffix(" GMT") == true, "\(path)")
                let tag = reply.headers[.eTag] ?? ""
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && tag.count > 2, "\(path)")
                let head = await system.send(.head, path)
                #expect(head.status == 200 && head.body.isEmpty && head.headers[.cacheControl] == reply.headers[.cacheControl], "\(path)")
            }
            let writes: [(HTTPRequest.Method, String)] = [
                (.put, "test/echo/1/attributes/Limited/value?v=1"), (.put, "test/echo/1/properties?a=1"),
                (.post, "test/echo/1/properties?b=1"),
                (.delete, "test/echo/1/properties/a"), (.put, "test/echo/1/commands/State"),
            ]
            for (method, path) in writes {
                let reply = await system.send(method, path)
                #expect(reply.status < 300 && reply.headers[.cacheControl] == "no-store", "\(path)")
            }
        }
    }

    @Test func validatorsSaveTheBodyButNotTheReading() async throws {
        try await LiveSystem.run { system in
            let path = "test/echo/1/attributes/Limited/value"
            let list = await system.send(.get, "test/echo/1/commands")
            let tag = list.headers[.eTag] ?? ""
            let unchanged = await system.send(.get, "test/echo/1/commands", headers: [.ifNoneMatch: "\"x\", \(tag)"])
            #expect(unchanged.status == 304 && unchanged.body.isEmpty && unchanged.headers[.eTag] == tag)
            let value = await system.send(.get, path)
            #expect(value.headers[.lastModified] != nil)
            let future = await system.send(.get, path, headers: [.ifModifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT"])
            #expect(future.status == 304 && future.body.isEmpty)
            #expect(await system.send(.get, path, headers: [.ifModifiedSince: "Sat, 01 Jan 2000 00:00:00 GMT"]).status == 200)
            #expect(await system.send(.get, path, headers: [.ifModifiedSince: "yesterday"]).status == 200)
            let both: HTTPFields = [.ifNoneMatch: "\"other\"", .ifModifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT"]
            #expect(await system.send(.get, path, headers: both).status == 200)
            let broken = await system.send(
                .get, "test/echo/1/attributes/Broken/value", headers: [.ifModifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT"])
            #expect(broken.status == 400)
        }
    }

    @Test func nothingOlderThanARelayedChangeIsAnswered() async throws {
        try await LiveSystem.run { system in
            let path = "test/echo/1/attributes/Limited/info"
            for label in ["one", "two", "three"] {
                #expect(await system.send(.put, path, "{\"label\":\"\(label)\"}").json.object?["label"] == .string(label))
                #expect(await system.send(.get, path).json.object?["label"] == .string(label))
                let listed = await system.bulk("attributes", ["test/echo/1/Limited"])
                #expect(listed.items.first?["info"]?.object?["label"] == .string(label))
            }
            try await system.client.device("test/echo/1").writeAttribute(AttributeWrite(name: "Limited", data: .double([3])))
            #expect(await system.send(.get, "test/echo/1/attributes/Limited/value").json.object?["value"]?.text == "3.0")
            let fresh = await system.send(.get, path, headers: [.cacheControl: "no-cache"])
            #expect(fresh.json.object?["label"] == "three")
        }
    }

    @Test func severalAttributesAreReadAndWrittenInOrderWithFailuresInPlace() async throws {
        try await LiveSystem.run { system in
            let written = await system.send(
                .put, "test/echo/1/attributes/value?double_spectrum=1&Limited=99&nope=1&string_spectrum=a,b&string_spectrum=c&async=false")
            #expect(written.status == 200 && written.items.count == 4)
            #expect(written.items.map { $0["name"]?.string } == ["double_spectrum", "Limited", "nope", "string_spectrum"])
            #expect(written.items.map { $0["quality"] } == ["ATTR_VALID", "FAILURE", "FAILURE", "ATTR_VALID"])
            #expect(written.items[0]["value"]?.text == "[1.0]" && written.items[3]["value"]?.text == #"["a,b","c"]"#)
            let read = await system.send(.get, "test/echo/1/attributes/value?attr=string_spectrum&attr=Broken&attr=nope&attr=State")
            #expect(read.items.map { $0["quality"] } == ["ATTR_VALID", "FAILURE", "FAILURE", "ATTR_VALID"])
            #expect(read.items[1]["errors"]?.array?.first?.object?["desc"] != nil)
        }
    }

    @Test func attributesShowTheirWholeConfiguration() async throws {
        try await LiveSystem.run { system in
            let attribute = await system.send(.get, "test/echo/1/attributes/enum_scalar").json.object
            #expect(
                attribute?.members.map(\.name) == ["id", "name", "device", "host", "info", "value", "properties", "history"])
            let info = await system.send(.get, "test/echo/1/attributes/enum_scalar/info").json
            #expect(attribute?["info"] == info && info.object?["enum_label"]?.text == #"["OFF","ON","7"]"#)
            let list = await system.send(.get, "test/echo/1/attributes")
            #expect(list.items.first { $0["name"] == "enum_scalar" }?["info"] == info)
            let infos = await system.send(.get, "test/echo/1/attributes/info?attr=enum_scalar&attr=State")
            #expect(infos.items.count == 2 && infos.json.array?.first == info)
        }
    }

    @Test func replacingByNothingDeletesNothing() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let path = "test/echo/1/properties"
            #expect(await system.send(.put, "\(path)?a=1&b=2").status == 200)
            let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            for type in ["application/json", "multipart/form-data; boundary=x", "text/plain"] {
                for target in ["\(path)?replace=true", "\(path)?c=1&replace=true", "\(path)?c=1"] {
                    let reply = await system.send(.put, target, #"{"c":["1"]}"#, headers: [.contentType: type])
                    #expect(reply.status == 415, "\(type) \(target): \(reply.text)")
                }
            }
            #expect(await system.send(.put, "\(path)?replace=true").status == 400)
            #expect(await system.send(.put, "\(path)?replace=true", "", headers: form).status == 400)
            #expect(await system.send(.get, path).items.map { $0["name"] } == ["a", "b"])
            #expect(await system.send(.put, "\(path)?replace=true", "c=1", headers: form).items.map { $0["name"] } == ["c"])
        }
    }

    @Test func otherPropertiesAreKeptUnlessReplaced() async throws {
        try await LiveSystem.run { system in
            let path = "test/echo/1/properties"
            #expect(await system.send(.put, "\(path)?a=1&a=2&b=%22x%22").items.count == 2)
            #expect(
                await system.send(.put, "\(path)?c=3").items.map { $0["name"]?.string }.sorted { $0 ?? "" < $1 ?? "" } == ["a", "b", "c"])
            #expect(await system.send(.get, "\(path)/b").text == #"{"name":"b","values":["\"x\""]}"#)
            #expect(await system.send(.get, "\(path)?wildcard=A*").text == #"[{"name":"a","values":["1","2"]}]"#)
            #expect(await system.send(.put, "\(path)?d=4&replace=true").items.map { $0["name"] } == ["d"])
            #expect(await system.send(.get, "\(path)/a").status == 404)
            #expect(await system.send(.delete, "\(path)/a").status == 204)
            // Names are reserved in a query only; a form without a value deletes nothing.
            let urlencoded: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
            #expect(await system.send(.post, path, "host=a&filter=b&replace=c", headers: urlencoded).status == 200)
            for name in ["host", "filter", "replace"] { #expect(await system.send(.get, "\(path)/\(name)").status == 200, "\(name)") }
            #expect(await system.send(.put, "\(path)/host", "5", headers: urlencoded).status == 400)
            #expect(await system.send(.get, "\(path)/host").status == 200)
            for name in ["host", "filter", "replace"] { #expect(await system.send(.delete, "\(path)/\(name)").status == 204) }
            let form = await system.send(.post, path, "e=a+b&e=%2B", headers: [.contentType: "application/x-www-form-urlencoded"])
            #expect(form.items.first { $0["name"] == "e" }?["values"]?.text == #"["a b","+"]"#)
            #expect(await system.send(.put, "\(path)?f=1&async=true").status == 204)
        }
    }
}
