import Foundation
import TangoClient

/// Measures a BenchTarget device through this package's client library, and prints one JSON object per line.
///
///     swift_bench_client ops     --trl T [--ops a,b] [--clients 1,4] [--seconds S] [--server-pid P]
///     swift_bench_client connect --trl T [--repeat N]
@main
enum BenchClient {
    static func main() async {
        let options = Options(CommandLine.arguments)
        do {
            switch CommandLine.arguments.dropFirst().first {
            case "ops": try await Conductor(options).run()
            case "connect": try await Self.connect(options)
            case Worker.argument: await Worker(options).run()
            case let measure?: Self.fail("\(measure) is not measured by this client", status: 1)
            case nil: Self.fail("usage: swift_bench_client ops|connect --trl TRL [options]", status: 2)
            }
        } catch {
            Self.fail("\(error)", status: 1)
        }
    }

    private static func fail(_ text: String, status: Int32) -> Never {
        FileHandle.standardError.write(Data((text + "\n").utf8))
        exit(status)
    }

    /// What the first proxy costs, and further ones.
    private static func connect(_ options: Options) async throws {
        let name = options["trl"] ?? ""
        let system = ControlSystem()
        let start = Clock.nanoseconds
        _ = try await system.device(name).ping()
        let first = Clock.nanoseconds - start
        var next: [UInt64] = []
        for _ in 0..<max(1, Int(options.number("repeat", 50))) {
            let start = Clock.nanoseconds
            _ = try await system.device(name).ping()
            next.append(Clock.nanoseconds - start)
        }
        next.sort()
        Record("connect", options)
            .number("first_ms", Double(first) / 1e6)
            .number("next_p50_us", Double(next[next.count / 2]) / 1e3)
            .number("next_max_us", Double(next[next.count - 1]) / 1e3)
            .print()
        await system.shutdown()
    }
}
