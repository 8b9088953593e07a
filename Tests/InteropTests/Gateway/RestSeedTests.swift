import Foundation
import TangoClient
import TangoCore
import TangoTestSupport
import Testing

/// Sends the examples of the interface's document to a live system: C++ database and C++ TangoTest, then ours.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct RestSeedTests {
    /// A request of the document and its answer.
    private struct Example {
        var name: String
        var method = "GET"
        /// Below the version.
        var path: String
        var body: String?
        var status = 200
        /// The document's answer; where the decisions of this project say otherwise, theirs. Members are compared, types, and lists by
        /// their first element unless `isExact`.
        var answer: String
        /// Whether lists have as many elements, each like its counterpart.
        var isExact = false
    }

    /// Description of a value's shape: members and types; lists by what all of their elements are.
    private static func compare(_ example: Any, _ real: Any, _ path: String, isExact: Bool, _ problems: inout [String]) {
        switch (example, real) {
        case (let example as [String: Any], let real as [String: Any]):
            let (expected, found) = (Set(example.keys), Set(real.keys))
            if expected != found {
                problems.append("\(path): members \(found.symmetricDifference(expected).sorted()) are not in both")
            }
            for key in expected.intersection(found) {
                guard let left = example[key], let right = real[key] else { continue }
                Self.compare(left, right, "\(path).\(key)", isExact: isExact, &problems)
            }
        case (let example as [Any], let real as [Any]):
            if isExact, example.count != real.count { problems.append("\(path): \(real.count) elements, not \(example.count)") }
            for (index, element) in real.enumerated() {
                guard let pattern = index < example.count ? example[index] : example.last else { continue }
                Self.compare(pattern, element, "\(path)[\(index)]", isExact: isExact, &problems)
            }
        case (is NSNull, is NSNull), (is String, is String): break
        case (let example as NSNumber, let real as NSNumber):
            if Self.isBool(example) != Self.isBool(real) { problems.append("\(path): \(real) is no \(example)") }
        // `alias` is a text or null, `enum_label` null or a list.
        case (_, is NSNull) where path.hasSuffix(".alias"), (is NSNull, is [Any]) where path.hasSuffix(".enum_label"): break
        default: problems.append("\(path): \(real) is no \(type(of: example))")
        }
    }

    private static func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    private static func parse(_ text: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(text.utf8), options: [.fragmentsAllowed])
    }

    private static let info = """
        {"name":"State","writable":"READ","data_format":"SCALAR","data_type":"State","max_dim_x":1,"max_dim_y":0,"description":"",
        "label":"State","unit":"","standard_unit":"","display_unit":"","format":"%6.2f","min_value":"","max_value":"","min_alarm":"",
        "max_alarm":"","writable_attr_name":"None","level":"OPERATOR","alarms":{"min_alarm":"","max_alarm":"","min_warning":"",
        "max_warning":"","delta_t":"","delta_val":"","extensions":[]},"events":{"ch_event":{"rel_change":"","abs_change":"","extensions":[]},
        "per_event":{"period":"1000","extensions":[]},"arch_event":{"rel_change":"","abs_change":"","period":"","extensions":[]}},
        "extensions":[],"sys_extensions":[],"isMemorized":false,"isSetAtInit":false,"memorized":"UNKNOWN","root_attr_name":"",
        "enum_label":null}
        """

    private static let tree = """
        [{"id":"h:1","value":"h:1","$css":"tango_host","data":[
        {"value":"aliases","$css":"aliases","data":[{"value":"a","$css":"member","isAlias":true,"device_name":"d"}]},
        {"value":"sys","$css":"tango_domain","data":[{"value":"tg_test","$css":"tango_family","data":[
        {"id":"i","value":"1","$css":"member","isMember":true,"device_name":"d"}]}]}],"isAlive":true}]
        """

    private static func examples(_ host: String, _ first: String, _ second: String) -> [Example] {
        let (name, port) = (host.split(separator: ":")[0], host.split(separator: ":")[1])
        let segment = "hosts/\(name);port=\(port)"
        let family = first.split(separator: "/").prefix(2).joined(separator: "/")
        let item = #"{"name":"State","host":"h","device":"d","value":"RUNNING","quality":"ATTR_VALID","timestamp":1}"#
        let failure = #"{"reason":"r","description":"d","severity":"ERR","origin":"o"}"#
        let attributes = #"""
            [{"name":"long_scalar_w","device":"\#(first)","host":"\#(host)","value":1234},
            {"name":"double_scalar_w","device":"\#(second)","host":"\#(host)","value":3.14}]
            """#
        let pipe = #"""
            {"host":"h","device":"d","name":"n","timestamp":1,"data":[{"name":"FirstDE","value":["The string"]},
            {"name":"SecondDE","value":[666]},{"name":"ThirdDE","value":[12]}]}
            """#
        let itemError = #"{"reason":"r","severity":"ERR","desc":"d","origin":"o"}"#
        return [
            Example(
                name: "host", path: segment,
                answer: #"{"id":"h:1","host":"h","port":10000,"name":"sys/database/2","info":[""],"devices":"u","tree":"u"}"#),
            Example(
                name: "devices", path: "\(segment)/devices", answer: #"[{"name":"n","alias":"a","href":"u"}]"#),
            Example(
                name: "devices by wildcard", path: "\(segment)/devices?wildcard=\(family.prefix(2))*/*/1",
                answer: #"[{"name":"n","alias":"a","href":"u"}]"#),
            Example(name: "tree", path: "\(segment)/devices/tree?wildcard=\(family)/*&wildcard=test2/*/*", answer: Self.tree),
            Example(name: "trees", path: "devices/tree?host=\(host)&wildcard=\(family)/*", answer: Self.tree),
            Example(name: "two trees", path: "devices/tree?host=\(host)&host=\(host)&wildcard=\(family)/*", answer: Self.tree),
            Example(
                name: "attributes", path: "attributes?wildcard=\(host)/\(family)/*/State",
                answer:
                    #"[{"id":"i","name":"State","device":"d","host":"h","info":\#(Self.info),"value":"u","properties":"u","history":"u"}]"#),
            Example(
                name: "values", path: "attributes/value?wildcard=\(host)/\(family)/*/State&wildcard=\(host)/sys/database/*/State",
                answer: "[\(item),\(item),\(item)]", isExact: true),
            Example(
                name: "write", method: "PUT", path: "attributes", body: attributes,
                answer: #"""
                    [{"name":"n","host":"h","device":"d","value":1234,"quality":"q","timestamp":1},
                    {"name":"n","host":"h","device":"d","value":3.14,"quality":"q","timestamp":1}]
                    """#, isExact: true),
            Example(
                name: "write, to value", method: "PUT", path: "attributes/value", body: attributes,
                answer: #"""
                    [{"name":"n","host":"h","device":"d","value":1234,"quality":"q","timestamp":1}]
                    """#),
            Example(name: "write asynchronously", method: "PUT", path: "attributes?async=true", body: attributes, status: 204, answer: ""),
            Example(
                name: "error",
                path: "attributes/value?wildcard=\(host)/\(first)/ampli&wildcard=\(host)/\(first)/throw_exception",
                answer: #"""
                    [{"name":"ampli","host":"h","device":"d","value":0.0,"quality":"q","timestamp":1},
                    {"name":"n","host":"h","device":"d","errors":[\#(failure)],"quality":"FAILURE","timestamp":1}]
                    """#, isExact: false),
            Example(
                name: "commands", path: "commands?wildcard=\(host)/\(family.split(separator: "/")[0])/*/*/DevDouble",
                answer: #"""
                    [{"id":"i","name":"DevDouble","device":"d","host":"h","info":{"cmd_name":"n","level":"OPERATOR","cmd_tag":0,
                    "in_type":"DevDouble","out_type":"DevDouble","in_type_desc":"d","out_type_desc":"d"},"history":"u"}]
                    """#),
            Example(
                name: "execute", method: "PUT", path: "commands",
                body: #"""
                    [{"host":"\#(host)","device":"\#(first)","name":"DevString","input":"Hello World!!!"},
                    {"host":"\#(host)","device":"\#(first)","name":"DevDouble","input":3.14},
                    {"host":"\#(host)","device":"\#(first)","name":"NoSuchCommand"}]
                    """#,
                answer: #"""
                    [{"host":"h","device":"d","name":"DevString","input":"Hello World!!!","output":"Hello World!!!"},
                    {"host":"h","device":"d","name":"DevDouble","input":3.14,"output":3.14},
                    {"host":"h","device":"d","name":"n","errors":[\#(itemError)]}]
                    """#, isExact: true),
            Example(
                name: "pipes", path: "pipes?wildcard=\(host)/\(first)/*",
                answer: #"""
                    [{"id":"i","name":"n","device":"d","host":"h","info":{"name":"n","description":"d","label":"l","level":"OPERATOR",
                    "writeType":"PIPE_READ","writable":false},"value":"u"}]
                    """#),
            Example(name: "read pipes", path: "pipes/value?wildcard=\(host)/\(first)/*", answer: "[\(pipe)]", isExact: true),
            Example(
                name: "write pipes", method: "PUT", path: "pipes/value",
                body: #"""
                    [{"host":"\#(host)","device":"\#(first)","name":"string_long_short_ro","data":[
                    {"name":"FirstDE","type":"DevString","value":["The string"]},{"name":"SecondDE","type":"DevLong","value":[666]},
                    {"name":"ThirdDE","type":"DevShort","value":[12]}]}]
                    """#,
                // TangoTest's pipe is read only, in the document too.
                answer: #"[{"host":"h","device":"d","name":"n","errors":[\#(itemError)]}]"#, isExact: true),
        ]
    }

    private func ask(_ system: PeerSystem, _ first: String, _ second: String) async throws {
        try await system.client.database().putAlias("seed_alias", ofDevice: first)
        let (gateway, hostURL) = try await system.startGateway()
        let version = try #require(hostURL.components(separatedBy: "/hosts/").first)
        for example in Self.examples("\(system.host)", first, second) {
            var options = ["-g", "-X", example.method]
            if let body = example.body { options += ["-H", "Content-Type: application/json", "-d", body] }
            let answer = try await PeerSystem.http("\(version)/\(example.path)", options)
            #expect(answer.status == example.status, "\(example.name): \(answer)")
            guard answer.status == 200 else {
                #expect(answer.body.isEmpty, "\(example.name): \(answer)")
                continue
            }
            var problems: [String] = []
            let real = try Self.parse(answer.body)
            if let list = real as? [Any] { #expect(!list.isEmpty, "\(example.name)") }
            Self.compare(try Self.parse(example.answer), real, example.name, isExact: example.isExact, &problems)
            #expect(problems.isEmpty, "\(problems)\n\(answer.body.prefix(2000))")
        }
        let values = try await PeerSystem.http("\(version)/attributes/value?wildcard=\(system.host)/\(first)/ampli")
        #expect(values.body.contains(#""name":"ampli""#) && values.body.contains(#""value":0.0"#), "\(values)")
        let written = try await PeerSystem.http("\(hostURL)/devices/\(second)/attributes/double_scalar_w/value")
        #expect(written.body.contains(#""value":3.14"#), "\(written)")
        await gateway.stop()
    }

    @Test func theExamplesAreAnsweredInTheirShapeByTheCppSystem() async throws {
        try await PeerSystem.withCpp { system, _ in
            let one = try await system.startCppTangoTest("test/seed/1", instance: "one")
            let two = try await system.startCppTangoTest("test/seed/2", instance: "two")
            try await self.ask(system, "test/seed/1", "test/seed/2")
            await one.stop()
            await two.stop()
        }
    }

    @Test func theExamplesAreAnsweredInTheirShapeByOurs() async throws {
        try await PeerSystem.withOurs { system, _ in
            let one = try await system.startOurTangoTest("test/seed/1", instance: "one")
            let two = try await system.startOurTangoTest("test/seed/2", instance: "two")
            try await self.ask(system, "test/seed/1", "test/seed/2")
            await one.stop()
            await two.stop()
        }
    }
}
