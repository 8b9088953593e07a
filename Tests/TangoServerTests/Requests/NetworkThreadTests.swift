import NIOPosix
import TangoClient
import TangoCore
import TangoIIOP
import TangoServer
import TangoTestSupport
import Testing

/// Clients whose calls change no thread.
struct NetworkThreadTests {
    private var thread: ObjectIdentifier? { MultiThreadedEventLoopGroup.currentEventLoop.map { ObjectIdentifier($0) } }

    @Test func workOnTheNetworkThreadStaysThere() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            #expect(self.thread == nil)
            let threads = try await test.client.onNetworkThread { () async throws in
                var threads: Set<ObjectIdentifier?> = [self.thread]
                for _ in 0..<20 {
                    let value = try await device.readAttribute("plain")
                    #expect(value.data == .double([2]))
                    threads.insert(self.thread)
                }
                return threads
            }
            #expect(threads.count == 1 && !threads.contains(nil))
        }
    }

    @Test func whatIsThrownThereArrives() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            await #expect(throws: DevFailed.self) {
                try await test.client.onNetworkThread { _ = try await device.readAttribute("Nope") }
            }
        }
    }

    /// All calls of one client share one connection: it identifies the owner of a lock.
    @Test func aLockTakenElsewhereIsHeldOnTheNetworkThreadToo() async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1"]) { test in
            let device = try await test.device()
            try await device.lock()
            try await test.client.onNetworkThread { try await device.write("number", 2.0) }
            try await device.unlock()
        }
    }
}
