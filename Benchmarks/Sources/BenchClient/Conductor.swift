import Foundation

/// Runs operations from several client processes at once and adds up what they measured.
struct Conductor {
    private let options: Options

    init(_ options: Options) {
        self.options = options
    }

    struct WorkerEnded: Error, CustomStringConvertible {
        var description: String { "A client process ended early" }
    }

    func run() async throws {
        for count in self.options.list("clients", "1").compactMap({ Int($0) }) where (1...512).contains(count) {
            let players = try (0..<count).map { _ in try Player(device: self.options["trl"] ?? "") }
            defer { for player in players { player.end() } }
            try self.measure(players)
        }
    }

    private func measure(_ players: [Player]) throws {
        let connected = try Self.order(Worker.Line(order: .connect), players)
        let failure = connected.lazy.compactMap(\.error).first
        let seconds = self.options.number("seconds", 0.5)
        let server = Int32(self.options.number("server-pid", 0))
        for name in self.options.list("ops", Operation.names) {
            guard let operation = Operation(name) else { continue }
            let prepared = try Self.order(Worker.Line(order: .prepare, operation: name), [players[0]])
            let warm = try Self.order(Worker.Line(order: .warm, operation: name), players)
            let before = Clock.processor(of: server)
            let isUsable = failure == nil && warm.allSatisfy { $0.errors == 0 }
            let reports = isUsable ? try Self.order(Worker.Line(order: .measure, operation: name, seconds: seconds), players) : warm
            let serverTime = Clock.processor(of: server) - before
            var record = Self.record(name, reports, operation, self.options)
            let total = reports.reduce(0) { $0 + $1.count }
            if total > 0, server > 0 { record = record.number("server_cpu_us_per_op", Double(serverTime) / 1e3 / Double(total)) }
            if let error = failure ?? (prepared + reports).lazy.compactMap(\.error).first { record = record.text("error", error) }
            record.print()
        }
    }

    private static func record(_ name: String, _ reports: [WorkerReport], _ operation: Operation, _ options: Options) -> Record {
        var all = Histogram()
        for report in reports { all.merge(report.histogram) }
        let total = reports.reduce(0) { $0 + $1.count }
        let rate = reports.reduce(0) { $0 + ($1.elapsed > 0 ? Double($1.count) / $1.elapsed : 0) }
        var record = Record("ops", options)
            .text("op", name).number("clients", Double(reports.count)).text("mode", "processes")
            .number("n", Double(total)).number("errors", Double(reports.reduce(0) { $0 + $1.errors })).number("ops_per_s", rate)
            .number("p50_us", all.quantile(0.5) / 1e3).number("p99_us", all.quantile(0.99) / 1e3)
            .number("min_us", total > 0 ? Double(all.lowest) / 1e3 : 0).number("max_us", Double(all.highest) / 1e3)
        if operation.payload > 0 { record = record.number("mb_per_s", rate * operation.payload / 1e6) }
        if total > 0 {
            let processor = reports.reduce(0) { $0 + $1.processor }
            record = record.number("client_cpu_us_per_op", Double(processor) / 1e3 / Double(total))
        }
        return record
    }

    /// Gives all the same order, and waits for all answers.
    private static func order(_ line: Worker.Line, _ players: [Player]) throws -> [WorkerReport] {
        for player in players { try player.send(line) }
        return try players.map { try $0.receive() }
    }

    /// A client process, seen from outside.
    private final class Player {
        private let process = Process()
        private let input = Pipe()
        private let output = Pipe()
        private var pending = Data()

        init(device: String) throws {
            self.process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            if let path = Bundle.main.executablePath { self.process.executableURL = URL(fileURLWithPath: path) }
            self.process.arguments = [Worker.argument, "--trl", device]
            self.process.standardInput = self.input
            self.process.standardOutput = self.output
            try self.process.run()
        }

        func send(_ line: Worker.Line) throws {
            try self.input.fileHandleForWriting.write(contentsOf: try JSONEncoder().encode(line) + Data("\n".utf8))
        }

        func receive() throws -> WorkerReport {
            let newline = UInt8(ascii: "\n")
            while true {
                if let end = self.pending.firstIndex(of: newline) {
                    let line = self.pending[..<end]
                    self.pending = Data(self.pending[self.pending.index(after: end)...])
                    return try JSONDecoder().decode(WorkerReport.self, from: Data(line))
                }
                let more = self.output.fileHandleForReading.availableData
                guard !more.isEmpty else { throw WorkerEnded() }
                self.pending += more
            }
        }

        func end() {
            try? self.input.fileHandleForWriting.close()
            self.process.waitUntilExit()
        }
    }
}
