import NIOCore
import TangoTestSupport
import Testing

@testable import TangoGateway

@Suite struct EventQueueTests {
    private func event(_ number: Int, _ data: String) -> EventQueue.Event { EventQueue.Event(number: number, time: 1, data: data) }

    @Test func ofEachAttributeTheNewestValueWaits() async {
        let (queue, sink) = EventQueue.make()
        sink.put(self.event(1, "first"))
        sink.put(self.event(2, "only"))
        for value in 0..<5000 { sink.put(self.event(1, String(value))) }
        sink.announce(.maintenance)
        sink.announce(.maintenance)
        sink.finish()
        var texts: [String] = []
        for await buffer in queue { texts.append(String(buffer: buffer)) }
        #expect(
            texts == [
                EventQueue.Notice.maintenance.rawValue, "id: 1\nevent: 1\ndata: 4999\n\n", "id: 1\nevent: 2\ndata: only\n\n",
            ])
    }

    @Test func whoWaitsIsWoken() async throws {
        let (queue, sink) = EventQueue.make()
        let texts = Task {
            var events = queue.makeAsyncIterator()
            var texts: [String] = []
            while let buffer = await events.next() {
                texts.append(String(buffer: buffer))
                if texts.count == 1 { sink.put(EventQueue.Event(number: 2, time: 1, data: "b")) }
                if texts.count == 2 { sink.finish() }
            }
            return texts
        }
        sink.put(self.event(1, "a"))
        #expect(await texts.value == ["id: 1\nevent: 1\ndata: a\n\n", "id: 1\nevent: 2\ndata: b\n\n"])
    }

    @Test func whoLeavesEndsTheWork() async throws {
        let isOver = Release()
        do {
            let (queue, sink) = EventQueue.make()
            sink.onTermination { isOver.open() }
            sink.put(self.event(1, "a"))
            var events = queue.makeAsyncIterator()
            #expect(await events.next() != nil)
            withExtendedLifetime((queue, events)) { #expect(!isOver.isOpen) }
        }
        try await eventually { isOver.isOpen }
    }
}
