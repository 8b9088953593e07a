import HTTPTypes
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct BulkTests {
    private func names(_ reply: Reply) -> [String] {
        reply.items.map { "\($0["device"]?.string ?? "-")/\($0["name"]?.string ?? "-")" }
    }

    private func reasons(_ object: JSONObject) -> [String] {
        object["errors"]?.array?.compactMap { $0.object?["reason"]?.string } ?? []
    }

    @Test func valuesOfManyDevicesAreReadInTheOrderOfTheWildcardsEachOnce() async throws {
        try await LiveSystem.run(echoes: 3) { system in
            let one = await system.bulk("attributes/value", ["TEST/ech*/*/STATE"])
            #expect(one.status == 200)
            #expect(self.names(one) == ["test/echo/1/State", "test/echo/2/State", "test/echo/3/State"])
            #expect(one.items.first?.members.map(\.name) == ["name", "host", "device", "value", "quality", "timestamp"])
            #expect(one.items.first?["value"] == "ON")
            #expect(one.items.first?["host"] == .string("\(system.host)"))
            #expect(one.headers[.acceptRanges] == "items")
            let two = await system.bulk("attributes/value", ["test/echo/3/*tat*s", "test/echo/*/State", "test/echo/2/Limited"])
            #expect(
                self.names(two) == [
                    "test/echo/3/Status", "test/echo/1/State", "test/echo/2/State", "test/echo/3/State", "test/echo/2/Limited",
                ])
            let part = await system.bulk("attributes/value", ["test/echo/*/State"], "&range=1-2&filter=device")
            #expect(part.status == 206 && part.text == #"[{"device":"test/echo/2"}]"#)
        }
    }

    @Test func badWildcardsAre400() async throws {
        try await LiveSystem.run { system in
            for resource in ["attributes", "attributes/value", "commands", "pipes", "pipes/value"] {
                #expect(await system.send(.get, "/tango/rest/v11/\(resource)").status == 400, "\(resource)")
                for wildcard in ["h/a/b/c", "h/a/b/c/d/e", "h:x/a/b/c/d", "/a/b/c/d", "h/a//c/d", ""] {
                    #expect(await system.send(.get, "/tango/rest/v11/\(resource)?wildcard=\(wildcard)").status == 400, "\(wildcard)")
                }
            }
        }
    }

    @Test func exactNamesFailInPlaceAndMatchedOnesAreLeftOut() async throws {
        try await LiveSystem.run { system in
            try await system.client.database().addDevice("test/echo/dead", server: "Test/none", deviceClass: "Echo")
            let matched = await system.bulk("attributes/value", ["test/*/*/State", "*/echo/*/nope", "*/*/*/Broken"])
            #expect(self.names(matched) == ["test/echo/1/State", "test/echo/2/State", "test/echo/1/Broken", "test/echo/2/Broken"])
            #expect(matched.items.last.map { self.reasons($0) }?.first == "Echo_Broken")
            let named = await system.bulk(
                "attributes/value", ["test/echo/dead/State", "test/echo/1/nope", "no/such/device/x", "test/echo/1/State", "test/echo/1/z*"])
            #expect(self.names(named) == ["test/echo/dead/State", "test/echo/1/nope", "no/such/device/x", "test/echo/1/State"])
            let failures = named.items.prefix(3).map { self.reasons($0) }
            #expect(failures[0].contains("API_DeviceNotExported") && failures[1].contains("API_AttrNotFound"))
            #expect(failures[2].contains("DB_DeviceNotDefined"))
            #expect(named.items[0]["quality"] == "FAILURE")
            #expect(
                named.items[1]["errors"]?.array?.first?.object?.members.map(\.name) == ["reason", "description", "severity", "origin"])
            let listed = await system.bulk("attributes", ["test/echo/dead/State", "*/*/*/nope", "test/echo/1/nope"])
            #expect(self.names(listed) == ["test/echo/dead/State", "test/echo/1/nope"])
            #expect(listed.items.allSatisfy { $0.members.map(\.name) == ["host", "device", "name", "errors"] })
            #expect(listed.items[0]["errors"]?.array?.first?.object?["desc"] != nil)
        }
    }

    @Test func hostsThatCannotBeReachedContributeNothingUnlessTheyAreTheOnlyOnes() async throws {
        try await LiveSystem.run { system in
            let both = await system.bulk("attributes/value", ["!127.0.0.1:1/a/b/c/State", "test/echo/1/State"])
            #expect(both.status == 200 && both.items.count == 1)
            #expect(await system.bulk("attributes/value", ["!127.0.0.1:1/a/b/c/State"]).status == 400)
            #expect(await system.bulk("attributes/value", ["!127.0.0.1:1/*/*/*/State"]).status == 400)
            #expect(await system.bulk("attributes/value", ["!no-such-host.invalid/*/*/*/State"]).status == 404)
        }
    }

    @Test func anUnresponsiveDeviceIsLeftOutWithoutDelay() async throws {
        try await LiveSystem.run(echoes: 3, timeout: .seconds(2)) { system in
            let all = await system.bulk("attributes/value", ["test/echo/*/State", "test/echo/2/Hang"])
            #expect(all.status == 200)
            #expect(self.names(all) == ["test/echo/1/State", "test/echo/3/State", "test/echo/2/Hang"])
            #expect(all.items.last.map { self.reasons($0) } == ["API_DeviceTimedOut"])
        }
    }

    @Test func anUnresponsiveDeviceIsProbedWithoutWaitingUntilItAnswers() async throws {
        try await LiveSystem.run(echoes: 3, timeout: .seconds(4)) { system in
            async let hanging = system.send(.put, "test/echo/2/commands/Hang")
            let wildcards = ["test/echo/*/State"]
            let others = ["test/echo/1/State", "test/echo/3/State"]
            let key = MemberKey(DeviceReference(host: system.host, name: "test/echo/2"))
            let unresponsiveDevices = system.responder.services.unresponsiveDevices
            // All answer until the command has begun.
            for _ in 0..<50 where !unresponsiveDevices.contains(key) { _ = await system.bulk("attributes/value", wildcards) }
            #expect(self.names(await system.bulk("attributes/value", wildcards)) == others)
            // A device that is named is awaited.
            #expect(await system.bulk("attributes/value", ["test/echo/2/State", "test/echo/1/State"]).items.count == 2)
            system.release.open()
            for _ in 0..<100 where unresponsiveDevices.contains(key) {
                _ = await system.bulk("attributes/value", wildcards)
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(await system.bulk("attributes/value", wildcards).items.count == 3)
            _ = await hanging
        }
    }

    @Test func anUnresponsiveDeviceHasOneProbeAtATime() {
        let hanging = UnresponsiveDevices()
        let device = MemberKey(DeviceReference(host: TangoHost(host: "h", port: 1), name: "a/b/c"))
        #expect(hanging.beginProbe(device, isNamed: false) == .unmarked)
        hanging.endProbe(device, .unmarked, isAnswered: false)
        // A request that names the device always probes it; meanwhile others do not, whatever earlier probes find.
        #expect(hanging.beginProbe(device, isNamed: true) == .marked)
        #expect(hanging.beginProbe(device, isNamed: false) == nil)
        hanging.endProbe(device, .unmarked, isAnswered: false)
        #expect(hanging.beginProbe(device, isNamed: false) == nil)
        #expect(hanging.beginProbe(device, isNamed: true) == .marked)
        hanging.endProbe(device, .marked, isAnswered: nil)
        #expect(hanging.beginProbe(device, isNamed: false) == nil)
        hanging.endProbe(device, .marked, isAnswered: false)
        #expect(hanging.beginProbe(device, isNamed: false) == .marked)
        hanging.endProbe(device, .marked, isAnswered: true)
        #expect(!hanging.contains(device))
    }

    @Test func severalControlSystemsAreReadAndWrittenTogether() async throws {
        try await LiveSystem.run { one in
            try await LiveSystem.run(echoes: 1) { two in
                let wildcards = ["*/echo/*/State", "!\(two.host)/*/echo/*/State", "!127.0.0.1:1/*/*/*/*"]
                let read = await one.bulk("attributes/value", wildcards)
                #expect(read.items.map { $0["host"]?.string } == ["\(one.host)", "\(one.host)", "\(two.host)"])
                let body = [one, two, one].map { self.item($0, "test/echo/1", "Limited", #","value":\#($0.host.port % 10)"#) }
                let written = await one.send(.put, "/tango/rest/v11/attributes", "[\(body.joined(separator: ","))]")
                #expect(written.items.map { $0["value"]?.text } == [one, two, one].map { "\($0.host.port % 10).0" })
                #expect(written.items.map { $0["host"]?.string } == ["\(one.host)", "\(two.host)", "\(one.host)"])
                let direct = try await two.client.device("test/echo/1").readAttribute("Limited")
                #expect(direct.readData == .double([Double(two.host.port % 10)]))
            }
        }
    }

    @Test func everyBulkListHasTheShapeOfTheSingleResource() async throws {
        try await LiveSystem.run { system in
            for (bulk, single) in [
                ("attributes", "attributes/Limited"), ("commands", "commands/Double"), ("pipes", "pipes/Store"),
                ("pipes/value", "pipes/Store/value"),
            ] {
                let name = single.split(separator: "/")[1]
                let many = await system.bulk(bulk, ["test/echo/*/\(name)"])
                let one = await system.send(.get, "test/echo/1/\(single)")
                let (first, only) = (try #require(many.items.first), try #require(one.json.object))
                #expect(many.items.count == 2 && first.members.map(\.name) == only.members.map(\.name), "\(bulk)")
                #expect(first["info"] == only["info"] && first["id"] == only["id"] && first["value"] == only["value"])
            }
            let attribute = try #require(await system.bulk("attributes", ["test/echo/1/limited"]).items.first)
            #expect(attribute["info"]?.object?["max_value"] == "10")
            #expect(
                attribute["value"]
                    == .string("http://server:1\(system.hostURL)/devices/test/echo/1/attributes/Limited/value"))
        }
    }

    private func item(_ system: LiveSystem, _ device: String, _ name: String, _ rest: String) -> String {
        #"{"host":"\#(system.host)","device":"\#(device)","name":"\#(name)"\#(rest)}"#
    }

    @Test func bulkWritesAnswerOneItemPerElementInPlace() async throws {
        try await LiveSystem.run { system in
            let elements = [
                self.item(system, "test/echo/1", "LIMITED", #","value":5,"quality":null"#),
                self.item(system, "TEST/echo/2", "string_spectrum", #","value":["a","ü"]"#),
                self.item(system, "test/echo/1", "Limited", #","value":7"#), self.item(system, "test/echo/1", "Limited", #","value":11"#),
                self.item(system, "test/echo/1", "long_scalar", #","value":"x""#), self.item(system, "test/echo/1", "nope", #","value":1"#),
                self.item(system, "no/such/device", "x", #","value":1"#), self.item(system, "test/echo/1", "double_scalar", ""),
                #"{"device":"test/echo/2","name":"enum_scalar","value":"ON"}"#,
            ]
            for path in ["attributes", "attributes/value"] {
                let reply = await system.send(.put, "/tango/rest/v1.0/\(path)", "[\(elements.joined(separator: ","))]")
                #expect(reply.status == 200 && reply.items.count == elements.count)
                #expect(
                    self.names(reply) == [
                        "test/echo/1/Limited", "test/echo/2/string_spectrum", "test/echo/1/Limited", "test/echo/1/Limited",
                        "test/echo/1/long_scalar", "test/echo/1/nope", "no/such/device/x", "test/echo/1/double_scalar",
                        "test/echo/2/enum_scalar",
                    ])
                #expect(reply.items[0]["value"]?.text == "5.0" && reply.items[2]["value"]?.text == "7.0")
                #expect(reply.items[1]["value"]?.text == #"["a","ü"]"# && reply.items[8]["value"] == "ON")
                let severities = reply.items.map { $0["errors"]?.array?.first?.object?["severity"]?.string }
                #expect(severities == [nil, nil, nil, "ERR", "PANIC", "ERR", "ERR", "PANIC", nil])
                #expect(self.reasons(reply.items[3]).first == "API_WAttrOutsideLimit")
                #expect(self.reasons(reply.items[5]) == ["API_AttrNotFound"])
                #expect(
                    reply.items[4].members.map(\.name) == ["name", "host", "device", "quality", "timestamp", "errors"])
            }
        }
    }

    @Test func badBodiesOfBulkWritesAre400AndWriteNothing() async throws {
        try await LiveSystem.run { system in
            let good = self.item(system, "test/echo/1", "Limited", #","value":5"#)
            for body in [
                "", "{}", "[1]", #"[\#(good),{"device":"a/b/c"}]"#, #"[\#(good),{"name":"x"}]"#, "[\(good)",
                #"[{"host":5,"device":"a","name":"b"}]"#,
            ] {
                for path in ["attributes", "attributes/value", "commands", "pipes/value"] {
                    #expect(await system.send(.put, "/tango/rest/v11/\(path)", body).status == 400, "\(path) \(body)")
                }
            }
            #expect(await system.send(.get, "test/echo/1/attributes/Limited/value").json.object?["value"]?.text == "0.0")
            #expect(await system.send(.put, "/tango/rest/v11/attributes", "[]").text == "[]")
        }
    }

    @Test func asynchronousBulkWritesAreCheckedThenAnsweredEmpty() async throws {
        try await LiveSystem.run { system in
            let url = "/tango/rest/v11/attributes?async=true"
            let bad =
                "[\(self.item(system, "test/echo/1", "Limited", #","value":5"#)),\(self.item(system, "test/echo/2", "Limited", #","value":"x""#))]"
            #expect(await system.send(.put, url, bad).status == 400)
            #expect(await system.send(.put, url, "[\(self.item(system, "test/echo/1", "nope", #","value":5"#))]").status == 404)
            #expect(await system.send(.get, "test/echo/1/attributes/Limited/value").json.object?["value"]?.text == "0.0")
            let good = await system.send(.put, url, "[\(self.item(system, "test/echo/1", "Limited", #","value":5"#))]")
            #expect(good.status == 204 && good.body.isEmpty)
            for _ in 0..<500 {
                if await system.send(.get, "test/echo/1/attributes/Limited/value").json.object?["value"]?.text == "5.0" { return }
                try await Task.sleep(for: .milliseconds(10))
            }
            Issue.record("nothing was written")
        }
    }

    @Test func whatGoesOnAfterItsAnswerTakesNoRoomForBodies() async throws {
        try await LiveSystem.run(echoes: 1) { (system) async throws in
            let budget = BodyBudget(limit: 1000)
            var head = HTTPRequest(method: .put, scheme: "http", authority: "server:1", path: "/tango/rest/v11/commands?async=true")
            head.headerFields[.contentType] = "application/json"
            func send() async throws -> Int {
                var request = GatewayRequest(head: head, trustsForwarded: false)
                request.setBody(
                    Array("[\(self.item(system, "test/echo/1", "Hang", ""))]".utf8),
                    try await budget.share(of: BodyBudget.freeSize + 500, within: .zero))
                return await system.responder.respond(to: request).status.code
            }
            #expect(try await send() == 204)
            try await eventually { budget.usedBytes == 0 }
            #expect(system.responder.services.backgroundChanges.count == 1)
        }
    }

    @Test func commandsOfManyDevicesAreExecutedInPlace() async throws {
        try await LiveSystem.run(timeout: .seconds(2)) { system in
            let elements = [
                self.item(system, "sys/tg_test/1", "devstring", #","input":"Hello World!!!""#),
                self.item(system, "test/echo/1", "Double", #","input":3.14"#),
                self.item(system, "test/echo/1", "CrashFromDeveloperThread", ""), self.item(system, "test/echo/1", "Fail", ""),
                self.item(system, "test/echo/1", "Double", ""), self.item(system, "test/echo/1", "State", #","input":null"#),
                self.item(system, "test/echo/2", "Double", #","input":1"#), self.item(system, "test/echo/2", "Hang", ""),
                self.item(system, "test/echo/2", "Double", #","input":2"#),
            ]
            let reply = await system.send(.put, "/tango/rest/v11/commands", "[\(elements.joined(separator: ","))]")
            #expect(reply.status == 200 && reply.items.count == elements.count)
            #expect(reply.items[0].members.map(\.name) == ["host", "device", "name", "input", "output"])
            #expect(reply.items[0]["output"] == "Hello World!!!" && reply.items[0]["name"] == "DevString")
            #expect(reply.items[1]["output"]?.text == "3.14" && reply.items[5]["output"] == "ON")
            #expect(reply.items[2].members.map(\.name) == ["host", "device", "name", "errors"])
            let error = try #require(reply.items[2]["errors"]?.array?.first?.object)
            #expect(error["reason"] == "API_CommandNotFound" && error["severity"] == "ERR" && error["desc"] != nil)
            #expect(self.reasons(reply.items[3]).first == "DB_DeviceNotDefined")
            #expect(self.reasons(reply.items[4]) == ["REST_BadValue"])
            // What was done before the command that hangs is reported; what comes after it was not begun.
            #expect(reply.items[6]["output"]?.text == "1.0")
            #expect(self.reasons(reply.items[7]) == ["API_DeviceTimedOut"] && self.reasons(reply.items[8]) == ["API_DeviceTimedOut"])
        }
    }

    @Test func pipesOfManyDevicesAreWrittenInPlace() async throws {
        try await LiveSystem.run { system in
            let data = #","data":[{"name":"n","type":"DevLong","value":[5]},{"name":"s","type":"DevString","value":["a","b"]}]"#
            let elements = [
                self.item(system, "test/echo/1", "store", data), self.item(system, "test/echo/2", "Fixed", data),
                self.item(system, "test/echo/2", "nope", data), self.item(system, "test/echo/1", "Store", ""),
                self.item(system, "test/echo/1", "Store", #","data":[{"name":"n","value":[5]}]"#),
            ]
            let reply = await system.send(.put, "/tango/rest/v11/pipes/value", "[\(elements.joined(separator: ","))]")
            #expect(reply.status == 200 && reply.items.count == 5)
            #expect(reply.items[0].members.map(\.name) == ["host", "device", "name", "timestamp", "data"])
            #expect(reply.items[0]["data"]?.text == #"[{"name":"n","value":[5]},{"name":"s","value":["a","b"]}]"#)
            #expect(
                reply.items.dropFirst().map { self.reasons($0).first }
                    == ["API_PipeNotWritable", "API_PipeNotFound", "REST_BadValue", "REST_BadValue"])
            #expect(reply.items[1].members.map(\.name) == ["host", "device", "name", "errors"])
        }
    }

    @Test func propertiesOfAttributesAreReadFromTheDatabase() async throws {
        try await LiveSystem.run { system in
            try await system.client.database().addDevice("test/echo/dead", server: "Test/none", deviceClass: "Echo")
            for device in ["test/echo/1", "test/echo/dead"] {
                let path = "\(device)/attributes/Limited/properties"
                #expect(await system.send(.get, path).text == "[]")
                let put = await system.send(.put, "\(path)/unit?value=V")
                #expect(put.status == 200 && put.text == #"{"name":"unit","values":["V"]}"#)
                #expect(await system.send(.put, "\(path)/words", #"["a","b c"]"#).text == #"{"name":"words","values":["a","b c"]}"#)
                let form = await system.send(
                    .put, "\(path)/form", "value=1&value=2", headers: [.contentType: "application/x-www-form-urlencoded"])
                #expect(form.text == #"{"name":"form","values":["1","2"]}"#)
                let all = await system.send(.get, "\(path)?range=0-2")
                #expect(all.status == 206 && all.items.count == 2)
                #expect(await system.send(.get, "\(path)/UNIT").text == #"{"name":"unit","values":["V"]}"#)
                #expect(await system.send(.delete, "\(path)/unit").status == 204)
                #expect(await system.send(.delete, "\(path)/unit").status == 204)
                #expect(await system.send(.get, "\(path)/unit").status == 404)
                #expect(await system.send(.put, "\(path)/unit").status == 400)
                #expect(await system.send(.put, "\(path)/late?value=1&async=true").status == 204)
            }
            #expect(await system.send(.get, "test/echo/1/attributes/nope/properties").status == 404)
            #expect(await system.send(.put, "test/echo/1/attributes/nope/properties/a?value=1").status == 404)
            #expect(await system.send(.get, "no/such/device/attributes/x/properties").status == 404)
        }
    }

    @Test func anUnresponsiveDeviceDoesNotHideThePropertiesOfItsAttributes() async throws {
        try await LiveSystem.run(timeout: .seconds(2)) { system in
            let path = "test/echo/1/attributes/Limited/properties"
            async let hanging = system.send(.get, "test/echo/1/attributes/Hang/value")
            #expect(await system.send(.put, "\(path)/unit?value=V").status == 200)
            #expect(await system.send(.get, "\(path)/unit").status == 200)
            #expect(await hanging.status == 503)
        }
    }
}
