import HTTPTypes
import NIOCore
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct StreamTests {
    private func open(_ system: LiveSystem, _ query: String) async -> GatewayResponse {
        let head = HTTPRequest(method: .get, scheme: "http", authority: "server:1", path: "/tango/stream?\(query)")
        return await system.responder.respond(to: GatewayRequest(head: head, trustsForwarded: false))
    }

    private func stream(_ response: GatewayResponse) -> EventStream? {
        if case .events(let stream) = response.body { stream } else { nil }
    }

    @Test func valuesAreSentWhenTheyChange() async throws {
        try await LiveSystem.run(echoes: 2) { (system) async throws in
            for (number, value) in [(1, 7), (2, 5)] {
                #expect(await system.send(.put, "test/echo/\(number)/attributes/long64_scalar/value?v=\(value)").status == 200)
            }
            let targets = "target=\(system.host)/TEST/echo/1/Long64_scalar&target=test/echo/1/Broken&target=test/echo/2/enum_scalar"
            let response = await self.open(system, "\(targets)&period=100&int64=string")
            #expect(response.status == .ok && response.headers[.contentType] == "text/event-stream")
            #expect(response.headers[.cacheControl] == "no-store" && response.headers[.contentLength] == nil)
            var events = try #require(self.stream(response)).events().makeAsyncIterator()
            #expect(await events.next().map { String(buffer: $0) } == "retry: 30000\n\n")
            var data: [String: String] = [:]
            while data.count < 3, let event = await events.next() {
                let lines = String(buffer: event).split(separator: "\n")
                #expect(lines.count == 3 && lines[0].hasPrefix("id: 1") && String(buffer: event).hasSuffix("\n\n"))
                data[String(lines[1])] = String(lines[2])
            }
            #expect(data["event: 1"] == #"data: "7""#)
            #expect(data["event: 2"] == "data: error: Echo_Broken: broken on purpose")
            #expect(data["event: 3"]?.hasPrefix("data: error: ") == true, "no value yet")
            #expect(await system.send(.put, "test/echo/1/attributes/long64_scalar/value?v=8").status == 200)
            #expect(await events.next().map { String(buffer: $0).hasSuffix("event: 1\ndata: \"8\"\n\n") } == true)
            #expect(await system.send(.put, "test/echo/2/attributes/enum_scalar/value?v=ON").status == 200)
            #expect(await events.next().map { String(buffer: $0).hasSuffix("event: 3\ndata: \"ON\"\n\n") } == true)
        }
    }

    @Test func unknownTargetsAndBadParametersAreRefused() async throws {
        try await LiveSystem.run(echoes: 1) { (system) async throws in
            for (query, status) in [
                ("", 400), ("target=", 400), ("target=a/b/c", 400), ("target=test/echo/1/State&period=99", 400),
                ("target=test/echo/1/State&period=x", 400), ("target=test/echo/1/State&int64=x", 400), ("target=test/echo/9/State", 404),
                ("target=test/echo/1/Nothing", 404), ("target=test/echo/1/State&target=test/echo/1/Nothing", 404),
                ("target=bad%20host:1/test/echo/1/State", 400),
                (Array(repeating: "target=test/echo/1/State", count: 257).joined(separator: "&"), 400),
            ] { #expect(await self.open(system, query).status.code == status, "\(query.prefix(80))") }
        }
    }

    @Test func theNumberOfStreamsIsBounded() async throws {
        let slots = EventStream.Slots(limit: 2)
        var first = slots.enter()
        let second = slots.enter()
        #expect(first != nil && second != nil && slots.enter() == nil && slots.count == 2)
        first = nil
        #expect(slots.count == 1 && slots.enter() != nil)
        try await LiveSystem.run(echoes: 1) { (system) async throws in
            let streams = system.responder.services.streams
            do {
                let response = await self.open(system, "target=test/echo/1/State")
                let events = self.stream(response)?.events()
                #expect(streams.count == 1 && events != nil)
            }
            try await eventually { streams.count == 0 }
        }
    }
}
