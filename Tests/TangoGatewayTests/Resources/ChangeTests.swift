import HTTPTypes
import Logging
import NIOCore
import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import Testing

@testable import TangoGateway

/// Caches after a change, and changes that are done after their answer.
@Suite struct ChangeTests {
    /// A gateway that keeps lists for an hour: what is not invalidated stays.
    private func patient(_ system: LiveSystem) -> LiveSystem {
        var configuration = system.responder.services.configuration
        configuration.listLifetime = .seconds(3600)
        let services = GatewayServices(configuration: configuration, controlSystem: system.client, logger: Logger(label: "test"))
        return LiveSystem(
            host: system.host, client: system.client, responder: Responder(services: services), release: system.release,
            devicePort: system.devicePort)
    }

    /// Whether the configuration of the attribute is still cached.
    private func isKept(_ attribute: String, of device: String, _ system: LiveSystem) async -> Bool {
        let cache = system.responder.services.attributeConfigs
        let before = cache.missCount
        #expect(await system.send(.get, "\(device)/attributes/\(attribute)/info").status == 200)
        return cache.missCount == before
    }

    @Test func aWriteInvalidatesTheConfigurationsOfItsDeviceOnly() async throws {
        try await LiveSystem.run { system in
            let system = self.patient(system)
            for device in ["test/echo/1", "test/echo/2"] {
                for attribute in ["Limited", "double_scalar"] { _ = await self.isKept(attribute, of: device, system) }
            }
            let body = #"[{"device":"TEST/echo/1","name":"Limited","value":2}]"#
            for (method, path, body) in [
                (HTTPRequest.Method.put, "TEST/ECHO/1/attributes/Limited/value?v=1", nil as String?),
                (.put, "test/echo/1/attributes/value?Limited=2", nil), (.put, "test/echo/1/commands/State", nil),
                (.put, "/tango/rest/v11/attributes", body), (.put, "test/echo/1/pipes/Store/value", "[]"),
                (.put, "test/echo/1/properties/some?value=1", nil), (.delete, "test/echo/1/properties/some", nil),
            ] {
                let reply = await system.send(method, path, body)
                #expect((200...204).contains(reply.status), "\(path): \(reply.text)")
                for attribute in ["Limited", "double_scalar"] {
                    #expect(await self.isKept(attribute, of: "test/echo/2", system), "\(path)")
                    #expect(await !self.isKept(attribute, of: "test/echo/1", system), "\(path)")
                }
            }
        }
    }

    @Test func aChangedConfigurationInvalidatesThatAttributeOnly() async throws {
        try await LiveSystem.run { system in
            let system = self.patient(system)
            for attribute in ["Limited", "double_scalar"] { _ = await self.isKept(attribute, of: "test/echo/1", system) }
            for (path, body) in [
                ("test/echo/1/attributes/limited/info", #"{"label":"new"}"#),
                ("test/echo/1/attributes/Limited/properties/unit?value=A", nil),
            ] {
                #expect(await system.send(.put, path, body).status == 200)
                #expect(await self.isKept("double_scalar", of: "test/echo/1", system))
                #expect(await !self.isKept("Limited", of: "test/echo/1", system))
            }
            #expect(await system.send(.get, "test/echo/1/attributes/Limited/info").json.object?["label"] == "new")
        }
    }

    @Test func aCommandOfAnAdminDeviceInvalidatesTheConfigurationsOfAllDevices() async throws {
        try await LiveSystem.run { system in
            let system = self.patient(system)
            for device in ["test/echo/1", "test/echo/2"] { _ = await self.isKept("Limited", of: device, system) }
            #expect(await system.send(.put, "dserver/Test/live/commands/QueryDevice").status == 200)
            for device in ["test/echo/1", "test/echo/2"] { #expect(await !self.isKept("Limited", of: device, system)) }
        }
    }

    @Test func aliasesStayUntilTheDatabaseIsChanged() async throws {
        try await LiveSystem.run { system in
            let system = self.patient(system)
            func alias() async -> JSONValue? {
                await system.send(.get, "\(system.hostURL)/devices?wildcard=test/echo/1").items.first?["alias"]
            }
            #expect(await alias() == .null)
            // Not through the gateway.
            try await system.client.database().putAlias("one", ofDevice: "test/echo/1")
            for path in [
                "test/echo/1/attributes/Limited/value?v=1", "test/echo/1/commands/State", "test/echo/1/properties/some?value=1",
            ] {
                #expect(await system.send(.put, path).status == 200)
                #expect(await alias() == .null, "\(path)")
            }
            let database = try await system.client.database().deviceName()
            #expect(await system.send(.put, "\(database)/commands/DbPutDeviceAlias", #"["test/echo/1","two"]"#).status == 200)
            #expect(await alias() == "two")
        }
    }

    private final class Calls: CallObserver {
        let count = Atomic<Int>(0)

        func callEnded(after duration: Duration, isDatabase: Bool, failure: DevFailed?) { self.count.add(1, ordering: .relaxed) }
    }

    @Test func allAliasesComeInOneAnswer() async throws {
        try await LiveSystem.run(echoes: 3) { system in
            let database = try system.client.database()
            for number in 1...3 { try await database.putAlias("Number\(number)", ofDevice: "test/echo/\(number)") }
            let calls = Calls()
            system.client.callObserver = calls
            let aliases = try await database.aliasedDevices()
            system.client.callObserver = nil
            #expect(aliases.map(\.alias).sorted() == ["Number1", "Number2", "Number3"])
            #expect(aliases.map(\.device).sorted() == ["test/echo/1", "test/echo/2", "test/echo/3"])
            let count = calls.count.load(ordering: .relaxed)
            #expect(count == 1)
        }
    }

    // MARK: - After the answer

    @Test func backgroundChangesAreLimited() async throws {
        let accepted = BackgroundChanges(limit: 2)
        let release = Release()
        for _ in 0..<2 { try accepted.start { try? await release.wait() } }
        do throws(HTTPFailure) {
            try accepted.start {}
            Issue.record("It was accepted")
        } catch {
            #expect(error.status == .serviceUnavailable && error.headers[.retryAfter] == "1")
        }
        release.open()
        await accepted.finish()
        #expect(accepted.count == 0)
        try accepted.start {}
        await accepted.finish()
    }

    @Test func cancelledChangesAreNotAwaited() async throws {
        let accepted = BackgroundChanges()
        let (cancellations, cancelled) = AsyncStream<Void>.makeStream()
        let release = Release()
        try accepted.start {
            do {
                try await release.wait()
            } catch {
                cancelled.yield()
                // One that ignores the cancellation.
                await Task { try? await release.wait() }.value
            }
        }
        let finishing = Task { await accepted.finish() }
        finishing.cancel()
        await finishing.value
        #expect(await cancellations.first { _ in true } != nil)
        #expect(accepted.count == 1)
        release.open()
    }

    @Test(.enabled(if: Curl.isThere, "curl is not installed"))
    func theGatewayStopsAfterItsBackgroundChanges() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let (answers, answered) = AsyncStream<Int>.makeStream()
            let running = Task {
                try await RunningGateway.with {
                    $0.defaultTangoHost = system.host
                    $0.shutdownLimit = .seconds(60)
                } _: { (gateway) async throws in
                    let url = "http://127.0.0.1:\(gateway.port)\(system.hostURL)/devices/test/echo/1/commands/Hang?async"
                    answered.yield(try await Curl.get(url, ["-X", "PUT"]).status)
                }
                return system.release.isOpen
            }
            #expect(await answers.first { _ in true } == 204)
            // Longer than stopping takes if nothing is awaited.
            try await Task.sleep(for: .milliseconds(500))
            system.release.open()
            let wasOpen = try await running.value
            #expect(wasOpen, "it stopped before")
        }
    }

    @Test(.enabled(if: Curl.isThere, "curl is not installed"))
    func theGatewayStopsAfterTheLimitDespiteBackgroundChanges() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            try await RunningGateway.with {
                $0.defaultTangoHost = system.host
                $0.shutdownLimit = .milliseconds(300)
            } _: { (gateway) async throws in
                let url = "http://127.0.0.1:\(gateway.port)\(system.hostURL)/devices/test/echo/1/commands/Hang?async"
                #expect(try await Curl.get(url, ["-X", "PUT"]).status == 204)
            }
        }
    }

    // MARK: - Written, but not read back

    @Test(arguments: ["Mute", "Deaf"])
    func aWriteThatIsNotReadBackIsReportedAsWritten(attribute: String) async throws {
        try await LiveSystem.run(echoes: 3) { system in
            // One that does not answer is called once.
            let single = await system.send(.put, "test/echo/1/attributes/\(attribute)/value?v=1")
            #expect(single.status == (attribute == "Mute" ? 400 : 503) && single.headers[.retryAfter] == nil)
            let body = #"[{"host":"\#(system.host)","device":"test/echo/2","name":"\#(attribute)","value":1}]"#
            let bulk = await system.send(.put, "/tango/rest/v11/attributes", body)
            let several = await system.send(.put, "test/echo/3/attributes/value?\(attribute)=1")
            for errors in [single.json.object, bulk.items.first, several.items.first].map({ $0?["errors"]?.array }) {
                #expect(errors?.last?.object?["reason"] == "REST_NotReadBack", "\(String(describing: errors))")
                let cause = errors?.contains { $0.object?["reason"] == (attribute == "Mute" ? "Echo_Mute" : "API_DeviceTimedOut") }
                #expect(cause == true, "\(String(describing: errors))")
            }
        }
    }

    // MARK: - Large bodies

    @Test func largeBodiesAreConvertedOnAnotherThread() async throws {
        try await LiveSystem.run(echoes: 1) { (system) async throws in
            let services = system.responder.services
            func isOnLoop(size: Int, isGivenUp: Bool = false) async throws -> Bool {
                var request = GatewayRequest(
                    head: HTTPRequest(method: .put, scheme: "http", authority: "s", path: "/"), trustsForwarded: false)
                request.body = [UInt8](repeating: UInt8(ascii: " "), count: size)
                let resourceRequest = ResourceRequest(
                    http: request, path: try ResourcePath(method: .get, path: "/"), query: Query(), media: .json, services: services)
                let executor = services.executors.any()
                let task = Task(executorPreference: executor) {
                    if isGivenUp { withUnsafeCurrentTask { $0?.cancel() } }
                    return await resourceRequest.converting(cancellation: nil) { executor.eventLoop.inEventLoop }
                }
                return await task.value
            }
            #expect(try await isOnLoop(size: 1000))
            #expect(try await !isOnLoop(size: ResourceRequest.largeBody))
            #expect(try await !isOnLoop(size: ResourceRequest.largeBody, isGivenUp: true))
            let body = "[" + (0..<1000).map { _ in String(repeating: " ", count: 400) + "1.5" }.joined(separator: ",") + "]"
            #expect(body.utf8.count > ResourceRequest.largeBody)
            let written = await system.send(.put, "test/echo/1/attributes/double_spectrum/value", body)
            #expect(written.status == 200 && written.json.object?["value"]?.array?.count == 1000)
            let failure = await system.send(.put, "test/echo/1/attributes/double_spectrum/value", body + "]")
            #expect(failure.status == 400 && failure.reason == "REST_BadJson")
        }
    }

    @Test func aRequestThatWasAnsweredAlreadyChangesNothing() async throws {
        try await LiveSystem.run(echoes: 1) { (system) async throws in
            let head = HTTPRequest(method: .put, scheme: "http", authority: "s", path: "/")
            let request = ResourceRequest(
                http: GatewayRequest(head: head, trustsForwarded: false), path: try ResourcePath(method: .get, path: "/"), query: Query(),
                media: .json, services: system.responder.services)
            for isAsync in [false, true] {
                let done = Release()
                let task = Task {
                    withUnsafeCurrentTask { $0?.cancel() }
                    return try await request.change(isAsync, []) {
                        done.open()
                        return .noContent
                    }
                }
                await #expect(throws: HTTPFailure.cancelled) { try await task.value }
                #expect(!done.isOpen && system.responder.services.backgroundChanges.count == 0)
            }
        }
    }

    // MARK: - Integers of 64 bits

    @Test func integersOf64BitsAreStringsOnRequest() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            let (low, high) = ("-9223372036854775808", "18446744073709551615")
            let device = "test/echo/1/attributes"
            #expect(await system.send(.put, "\(device)/long64_spectrum/value", "[\(low),1]").text.contains("[\(low),1]"))
            let written = await system.send(.put, "\(device)/ulong64_scalar/value?int64=string&v=\(high)")
            #expect(written.json.object?["value"] == .string(high))
            func value(_ path: String) async -> String? { await system.send(.get, path).json.object?["value"]?.text }
            #expect(await value("\(device)/long64_spectrum/value") == "[\(low),1]")
            #expect(await value("\(device)/long64_spectrum/value?int64=number") == "[\(low),1]")
            #expect(await value("\(device)/long64_spectrum/value?int64=string") == #"["\#(low)","1"]"#)
            #expect(await value("\(device)/ulong64_scalar/value?int64=string") == "\"\(high)\"")
            // Others stay numbers.
            #expect(await system.send(.put, "\(device)/long_scalar/value?v=7&int64=string").json.object?["value"] == .number("7"))
            let several = await system.send(.get, "\(device)/value?attr=ulong64_scalar&attr=long_scalar&int64=string&fields=%2Bw_value")
            #expect(several.items.map { $0["value"]?.text } == ["\"\(high)\"", "7"])
            #expect(several.items[0]["w_value"] == .string(high) && several.items[0]["timestamp"]?.string == nil)
            let bulk = await system.bulk("attributes/value", ["test/echo/1/ulong64_scalar"], "&int64=string")
            #expect(bulk.items.first?["value"] == .string(high))
            let command = await system.send(.put, "sys/tg_test/1/commands/DevLong64?int64=string", low)
            #expect(command.json.object?["output"] == .string(low))
            let given = await system.send(.put, "sys/tg_test/1/commands/DevLong64", "\"\(low)\"")
            #expect(given.json.object?["output"] == .number(low), "a string is taken, too")
            #expect(await system.send(.get, "\(device)/long64_spectrum/value?int64=text").status == 400)
            let large = "[" + (0..<1000).map { String(Int64.max - $0) }.joined(separator: ",") + "]"
            #expect(
                await system.send(.put, "\(device)/long64_spectrum/value?int64=string", large).json.object?["value"]?.array?.count == 1000)
            // Among the names of members it is one of them.
            let member = await system.send(.put, "\(device)/value?int64=x&long_scalar=8")
            #expect(member.items.count == 2 && member.items[0]["errors"] != nil && member.items[1]["value"] == .number("8"))
        }
    }

    // MARK: - Set points

    @Test func setPointsAreIncludedOnRequest() async throws {
        try await LiveSystem.run(echoes: 1) { system in
            #expect(await system.send(.put, "test/echo/1/attributes/Limited/value?v=3").status == 200)
            #expect(await system.send(.put, "test/echo/1/attributes/enum_spectrum/value", #"["ON","7"]"#).status == 200)
            let names = "attr=Limited&attr=enum_spectrum&attr=Invalid&attr=Broken"
            for fields in ["%2Bw_value", "+w_value"] {
                let items = await system.send(.get, "test/echo/1/attributes/value?fields=\(fields)&\(names)").items
                #expect(items.map { $0["w_value"]?.text } == ["3.0", #"["ON","7"]"#, nil, nil])
            }
            #expect(await system.send(.get, "test/echo/1/attributes/value?\(names)").items.allSatisfy { $0["w_value"] == nil })
            #expect(await system.send(.get, "test/echo/1/attributes/value?fields=other&\(names)").status == 400)
        }
    }
}
