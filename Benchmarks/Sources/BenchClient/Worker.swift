import Foundation
import TangoClient

/// What a worker answers to one order.
struct WorkerReport: Codable {
    var histogram = Histogram()
    var count = 0
    var errors = 0
    var error: String?
    /// Of the loop, in seconds.
    var elapsed = 0.0
    /// Processor time of the worker, in nanoseconds.
    var processor: UInt64 = 0
}

/// One client process: executes the orders on standard input, one per line, and answers each with a line.
struct Worker {
    static let argument = "worker"

    enum Order: String, Codable {
        case connect, prepare, warm, measure
    }

    struct Line: Codable {
        var order: Order
        var operation = ""
        var seconds = 0.0
    }

    private let name: String

    init(_ options: Options) {
        self.name = options["trl"] ?? ""
    }

    func run() async {
        let options = ClientOptions()
        let system = ControlSystem(options: options)
        var device: DeviceProxy?
        while let text = readLine(), let line = try? JSONDecoder().decode(Line.self, from: Data(text.utf8)) {
            var report = WorkerReport()
            do {
                if line.order == .connect {
                    device = try await system.device(self.name).withTimeout(.seconds(20))
                }
                if let device { report = try await system.onNetworkThread { try await Self.execute(line, device) } }
            } catch {
                report.errors += 1
                report.error = "\(error)"
            }
            let answer = (try? JSONEncoder().encode(report)) ?? Data()
            FileHandle.standardOutput.write(answer + Data("\n".utf8))
        }
        await system.shutdown()
    }

    private static func execute(_ line: Line, _ device: DeviceProxy) async throws -> WorkerReport {
        var report = WorkerReport()
        guard line.order != .connect else {
            _ = try await device.ping()
            return report
        }
        guard let operation = Operation(line.operation) else { return report }
        switch line.order {
        case .connect: break
        case .prepare: try await operation.prepare(device)
        case .warm: for _ in 0..<3 { try await operation.run(device) }
        case .measure: try await Self.measure(operation, device, line.seconds, &report)
        }
        return report
    }

    private static func measure(
        _ operation: Operation, _ device: DeviceProxy, _ seconds: Double, _ report: inout WorkerReport
    ) async throws {
        let processor = Clock.ownProcessor
        let start = Clock.nanoseconds
        let end = start + UInt64(seconds * 1e9)
        var last = start
        while last < end {
            try await operation.run(device)
            let now = Clock.nanoseconds
            report.histogram.add(now - last)
            report.count += 1
            last = now
        }
        report.elapsed = Double(last - start) / 1e9
        report.processor = Clock.ownProcessor - processor
    }
}
