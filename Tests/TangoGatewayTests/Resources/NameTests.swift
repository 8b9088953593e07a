import HTTPTypes
import TangoClient
import TangoCore
import TangoServer
import Testing

@testable import TangoGateway

/// A device whose attributes are called like options of requests, or in letters that paths and queries treat apart.
private final class NamedDevice: Device {
    static let names = [
        "host", "port", "filter", "range", "value", "info", "v", "attr", "async", "wildcard", "a+b", "a%b", "a.b", "Größe", "Ω",
    ]

    private var values: [String: AttributeReading] = [:]

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Named", NamedDevice.self) {
        NamedDevice.names.map { name in
            Member.attribute(
                AttributeDefinition(
                    name: name, type: .double, access: .readWrite,
                    reader: .sync { call in try call.device(as: NamedDevice.self).values[name] ?? AttributeReading(.double([0])) },
                    writer: .sync { call, write in try call.device(as: NamedDevice.self).values[name] = AttributeReading(write.data) }))
        }
    }

    private static let device = "Test/Named/One"

    /// Runs the body beside the device, which is declared in capital letters.
    static func run(_ body: (LiveSystem, _ device: String) async throws -> Void) async throws {
        try await LiveSystem.run(echoes: 1, others: [(Self.device, Self.deviceClass)]) { try await body($0, Self.device) }
    }
}

/// Members may have any name, and are answered as they were declared.
@Suite struct NameTests {
    private static let urlencoded: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

    private func properties(_ path: String, _ system: LiveSystem) async -> [String: [String]] {
        let items = await system.send(.get, path, headers: [.cacheControl: "no-cache"]).items
        return Dictionary(items.map { ($0["name"]?.string ?? "", $0["values"]?.array?.compactMap(\.string) ?? []) }) { first, _ in first }
    }

    private func encoded(_ name: String) -> String { PercentEncoding.encode(name) }

    // MARK: - Names and options

    @Test(arguments: [HTTPRequest.Method.put, .post])
    func propertiesMayBeCalledLikeOptionsOfOtherRequests(method: HTTPRequest.Method) async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let path = "test/echo/1/properties"
            let names = ["host", "port", "range", "value", "v", "attr", "wildcard", "n", "fields", "Filter", "ASYNC"]
            let query = names.map { "\($0)=of \($0)" }.joined(separator: "&").replacing(" ", with: "+")
            #expect(await system.send(method, "\(path)?\(query)").status == 200)
            #expect(await self.properties(path, system) == Dictionary(uniqueKeysWithValues: names.map { ($0, ["of \($0)"]) }))
            let refused = await system.send(method, "\(path)?x=1&filter=low")
            #expect(refused.status == 400 && refused.text.contains("properties/filter"))
            #expect(await self.properties(path, system)["x"] == nil)
            // The options of a request with a form are options.
            let form = await system.send(method, "\(path)?filter=name", "filter=a&x=1", headers: Self.urlencoded)
            #expect(form.status == 200 && form.items.allSatisfy { $0.members.map(\.name) == ["name"] })
            // Both name properties: none is lost.
            #expect(await system.send(method, "\(path)?host=query", "port=form", headers: Self.urlencoded).status == 200)
            let stored = await self.properties(path, system)
            #expect(stored["host"] == ["query"] && stored["port"] == ["form"] && stored["filter"] == ["a"])
        }
    }

    @Test func replacingDeletesNothingThatIsNamed() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let path = "test/echo/1/properties"
            for name in ["host", "port", "gone"] { #expect(await system.send(.put, "\(path)/\(name)?value=1").status == 200) }
            #expect(await system.send(.put, "\(path)?host=2&port=2&replace=true").status == 200)
            #expect(await self.properties(path, system) == ["host": ["2"], "port": ["2"]])
            // An option that is a property as well: nothing is done.
            for option in ["replace", "async"] {
                #expect(await system.send(.put, "\(path)/\(option)?value=1").status == 200)
                #expect(await system.send(.put, "\(path)?host=3&\(option)=true").status == 400, "\(option)")
                #expect(await self.properties(path, system) == ["host": ["2"], "port": ["2"], option: ["1"]])
                #expect(await system.send(.delete, "\(path)/\(option)").status == 204)
                #expect(await system.send(.put, "\(path)?host=2&port=2&\(option)=true").status == (option == "async" ? 204 : 200))
            }
        }
    }

    @Test func attributesMayBeCalledLikeOptions() async throws {
        try await NamedDevice.run { system, device in
            for name in NamedDevice.names {
                let path = "\(device)/attributes/\(self.encoded(name))"
                let single = await system.send(.put, "\(path)/value?v=2").json.object
                #expect(single?["value"]?.text == "2.0" && single?["name"] == .string(name), "\(name)")
                let several = await system.send(.put, "\(device)/attributes/value?\(self.encoded(name))=3&State=ON")
                if ["async", "filter"].contains(name) {
                    #expect(several.status == 400, "\(name)")
                    #expect(await system.send(.get, "\(path)/value").json.object?["value"]?.text == "2.0", "\(name)")
                } else {
                    #expect(several.items.first?["value"]?.text == "3.0" && several.items.count == 2, "\(name): \(several.text)")
                }
                let body = #"[{"device":"\#(device)","name":"\#(name)","value":4}]"#
                #expect(await system.send(.put, "/tango/rest/v11/attributes", body).items.first?["value"]?.text == "4.0", "\(name)")
                #expect(await system.bulk("attributes/value", ["\(device)/\(self.encoded(name))"]).items.first?["value"]?.text == "4.0")
                let read = await system.send(.get, "\(device)/attributes/value?attr=\(self.encoded(name))")
                #expect(read.items.first?["value"]?.text == "4.0", "\(name)")
                if name != "info" { #expect(await system.send(.get, path).json.object?["name"] == .string(name), "\(name)") }
            }
            // A device without such attributes: both are options.
            let written = await system.send(.put, "test/echo/1/attributes/value?double_scalar=1&filter=name")
            #expect(written.text == #"[{"name":"double_scalar"}]"#)
            #expect(await system.send(.put, "test/echo/1/attributes/value?double_scalar=1&async").status == 204)
            let unknown = await system.send(.put, "test/echo/1/attributes/value?double_scalar=1&host=x")
            #expect(unknown.items.map { $0["errors"] == nil } == [true, false])
            #expect(await system.send(.get, "test/echo/1/attributes/value").status == 400)
        }
    }

    // MARK: - Spelling

    @Test func aDeviceHasItsDeclaredSpellingInAllAnswers() async throws {
        try await NamedDevice.run { system, device in
            for path in [device, device.lowercased(), device.uppercased()] {
                let entity = await system.send(.get, path).json.object
                #expect(entity?["name"] == .string(device) && entity?["id"] == .string("\(system.host)/\(device)"))
                #expect(entity?["info"]?.object?["name"] == .string(device))
                for member in ["attributes/host", "attributes/host/value", "commands/Init", "attributes/value?attr=host&attr=nothing"] {
                    let reply = await system.send(.get, "\(path)/\(member)")
                    for object in reply.json.object.map({ [$0] }) ?? reply.items {
                        #expect(object["device"] == .string(device), "\(member)")
                    }
                }
                #expect(await system.send(.put, "\(path)/commands/State").json.object?["device"] == .string(device))
                for name in ["host", "nothing", "*"] {
                    let items = await system.bulk("attributes/value", ["\(path)/\(name)"]).items
                    #expect(!items.isEmpty && items.allSatisfy { $0["device"] == .string(device) }, "\(name)")
                }
                let body = #"[{"device":"\#(path)","name":"HOST","value":1},{"device":"\#(path)","name":"nothing","value":1}]"#
                let written = await system.send(.put, "/tango/rest/v11/attributes", body).items
                #expect(written.map { $0["device"] } == [.string(device), .string(device)])
                #expect(written.first?["name"] == "host")
            }
            let broken = await system.send(.get, "test/echo/1/attributes/value?attr=BROKEN&attr=mute")
            #expect(broken.items.map { $0["name"] } == ["Broken", "Mute"])
            #expect(await system.send(.put, "\(device)/properties/Note?value=1").status == 200)
            #expect(await system.send(.get, "\(device)/properties/NOTE").json.object?["name"] == "Note")
            let proxy = try await system.client.device(device.lowercased())
            #expect(proxy.name == device)
            #expect(try await proxy.reportedName() == device)
        }
    }

    // MARK: - What a list names can be requested

    @Test func whatIsListedIsFound() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let database = try system.client.database()
            let names = ["größe", "Ω", "a%b", "a_b", "a+b", "a b", "a/b", ".", "..", "a&b=c", "a?b", "a#b", "a;b", #"a"b"#, "Ã©"]
            try await database.putProperties(ofDevice: "test/echo/1", names.map { ($0, ["of \($0)"]) } + [("axb", ["kept"])])
            let path = "test/echo/1/properties"
            let listed = await self.properties(path, system)
            #expect(listed.count == names.count + 1)
            for (index, name) in names.enumerated() {
                let property = "\(path)/\(self.encoded(name))"
                let read = await system.send(.get, property).json.object
                #expect(read?["name"] == .string(name) && read?["values"]?.text == JSONValue.strings(["of \(name)"]).text, "\(name)")
                #expect(await system.send(.put, "\(property)?value=new").status == 200)
                #expect(await self.properties(path, system).count == listed.count - index, "\(name) is doubled")
                #expect(await system.send(.delete, property).status == 204)
                #expect(await system.send(.get, property).status == 404, "\(name)")
            }
            #expect(await self.properties(path, system) == ["axb": ["kept"]])
            // `*` is part of a name here, not a pattern.
            #expect(await system.send(.put, "\(path)/ab?value=1&value=2&value=3").status == 200)
            let star = await system.send(.put, "\(path)/a*?value=x&value=kept")
            #expect(star.text == #"{"name":"a*","values":["x","kept"]}"#)
            #expect(await self.properties(path, system) == ["axb": ["kept"], "ab": ["1", "2", "3"], "a*": ["x", "kept"]])
            #expect(await system.send(.delete, "\(path)/ab").status == 204)
            #expect(await system.send(.delete, "\(path)/a*").status == 204)
            #expect(await system.send(.get, "\(path)/*").status == 404)
            #expect(await self.properties(path, system) == ["axb": ["kept"]])
        }
    }

    @Test func namesInLatin1AreFoundAsTheyAreStored() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            // One scalar per byte: what a program sends that writes Latin-1.
            var options = ClientOptions()
            options.keepsWireTexts = true
            let bytes = ControlSystem(host: system.host, options: options)
            let stored = try bytes.database()
            func storedNames() async throws -> [String] { try await stored.propertyNames(ofDevice: "test/echo/1") }
            let path = "test/echo/1/properties"
            try await stored.putProperties(ofDevice: "test/echo/1", [("L\u{E4}nge", ["1"])])
            #expect(await self.properties(path, system) == ["Länge": ["1"]])
            #expect(await system.send(.get, "\(path)/L%C3%A4nge").text == #"{"name":"Länge","values":["1"]}"#)
            #expect(await system.send(.put, "\(path)?L%C3%A4nge=2").status == 200)
            #expect(await system.send(.put, "\(path)/L%C3%A4nge?value=3").status == 200)
            #expect(try await storedNames() == ["L\u{E4}nge"])
            #expect(await self.properties(path, system) == ["Länge": ["3"]])
            #expect(await system.send(.delete, "\(path)/L%C3%A4nge").status == 204)
            #expect(try await storedNames() == [])

            let attribute = "test/echo/1/attributes/Limited/properties"
            try await stored.putAttributeProperties(ofDevice: "test/echo/1", attribute: "Limited", [("h\u{F6}he", ["1"])])
            #expect(await system.send(.put, "\(attribute)/h%C3%B6he?value=2").text == #"{"name":"höhe","values":["2"]}"#)
            #expect(await system.send(.get, attribute).text == #"[{"name":"höhe","values":["2"]}]"#)
            #expect(await system.send(.delete, "\(attribute)/h%C3%B6he").status == 204)
            #expect(await system.send(.get, attribute).text == "[]")

            try await stored.putAlias("\u{E4}lias", ofDevice: "test/echo/1")
            #expect(try await system.client.device("älias").name == "test/echo/1")
            try await system.client.database().deleteAlias("älias")
            #expect(try await stored.aliases() == [])

            try await stored.addDevice("test/l\u{E4}nge/1", server: "Gone/1", deviceClass: "Gone")
            #expect(await system.send(.get, "test/l%C3%A4nge/1").json.object?["name"] == "test/länge/1")
            #expect(await system.send(.put, "test/l%C3%A4nge/1/properties/p?value=1").status == 200)
            #expect(try await stored.propertyNames(ofDevice: "test/l\u{E4}nge/1") == ["p"])
            #expect(try await system.client.database().devices(matching: "*/länge/*") == ["test/länge/1"])
            try await system.client.database().deleteDevice("test/länge/1")
            #expect(try await stored.devices(matching: "test/l*") == [])
            await bytes.shutdown()
        }
    }

    @Test func aNameInUTF8IsMeantWhereBothAreThere() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            var options = ClientOptions()
            options.keepsWireTexts = true
            let bytes = ControlSystem(host: system.host, options: options)
            try await bytes.database().putProperties(ofDevice: "test/echo/1", [("h\u{F6}he", ["latin"]), ("h\u{C3}\u{B6}he", ["utf8"])])
            #expect(try await system.client.database().properties(ofDevice: "test/echo/1", names: ["höhe"]).first?.values == ["utf8"])
            await bytes.shutdown()
        }
    }

    @Test func devicesOfAnyNameAreFound() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let names = ["test/a b/1", "test/a#b/1", "test/a->b/1", "test/a%b/1", "test/a+b/1", "test/../1", "test/größe/1"]
            try await system.client.database().addServer("Gone/1", devices: names.map { ($0, "Gone") })
            let devices = await system.send(.get, "\(system.hostURL)/devices").items
            for name in names {
                let entry = try #require(devices.first { $0["name"] == .string(name) })
                let url = try #require(entry["href"]?.string)
                #expect(await system.send(.get, url.replacing("http://server:1", with: "")).json.object?["name"] == .string(name), "\(url)")
            }
        }
    }
}
