import NIOCore
import NIOPosix
import Testing

@testable import TangoIIOP

@Suite struct EventLoopsTests {
    @Test(arguments: [(1, 1), (2, 1), (3, 1), (4, 2), (6, 3), (8, 4), (16, 4), (128, 4), (0, 1), (-1, 1)])
    func theMachineDecides(processors: Int, count: Int) {
        #expect(EventLoopCount.count(processors: processors, setting: nil) == count)
    }

    @Test(arguments: [
        ("1", 1), ("2", 2), ("12", 12), ("100000", 256), ("9223372036854775807", 256), ("0", 4), ("-3", 4), ("many", 4), ("", 4),
        ("9223372036854775808", 4),
    ])
    func theEnvironmentReplacesThePolicy(setting: String, count: Int) {
        #expect(EventLoopCount.count(processors: 8, setting: setting) == count)
    }

    @Test func nothingRunsBeforeTheFirstUse() async {
        let loops = EventLoops(count: 2)
        let cache = ConnectionCache(loops)
        #expect(loops.current == nil)
        #expect(!loops.isRunning)
        await cache.shutDown()
        #expect(!loops.isRunning)
        #expect(loops.group.makeIterator().reduce(0) { count, _ in count + 1 } == 2)
        #expect(loops.isRunning)
        await loops.shutDown()
    }

    @Test func aNumberOfOnesOwnIsAtLeastOne() async {
        let loops = EventLoops.make(count: -5)
        #expect(loops !== EventLoops.shared)
        #expect(loops.group.makeIterator().reduce(0) { count, _ in count + 1 } == 1)
        await loops.shutDown()
    }

    @Test func theSharedOnesOutliveTheirUsers() async throws {
        let loops = EventLoops.make(count: nil)
        #expect(loops === EventLoops.shared)
        await loops.shutDown()
        #expect(try await loops.group.next().submit { 1 }.get() == 1)
    }

    @Test func aGroupOfSomebodyElseIsNotEnded() async throws {
        let loops = EventLoops(MultiThreadedEventLoopGroup.singleton)
        await loops.shutDown()
        #expect(try await loops.group.next().submit { 1 }.get() == 1)
    }

    @Test func executorsBelongToTheirLoops() async throws {
        let loops = EventLoops(count: 1)
        let loop = loops.group.next()
        #expect(loops[loop]?.eventLoop === loop)
        #expect(loops[MultiThreadedEventLoopGroup.singleton.next()] == nil)
        let isHere = try await loop.submit { loops.current?.eventLoop === loop && loops.any().eventLoop === loop }.get()
        #expect(isHere)
        await loops.shutDown()
    }
}
