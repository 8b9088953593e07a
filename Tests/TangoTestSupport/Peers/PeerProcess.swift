import Foundation

/// A program running beside the tests; its output goes to a file.
package final class PeerProcess: @unchecked Sendable {  // ok: Process is only started, signaled and waited for; one test owns it
    private let process = Process()
    private let outputURL: URL
    package let name: String

    /// Starts the program and waits until it prints the text.
    package init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], readyWhenPrinting text: String? = nil,
        within limit: Duration = .seconds(120)
    ) async throws {
        self.name = ([executable] + arguments).joined(separator: " ")
        self.outputURL = FileManager.default.temporaryDirectory.appendingPathComponent("peer-\(UUID().uuidString).log")
        _ = FileManager.default.createFile(atPath: self.outputURL.path, contents: nil)
        let output = try FileHandle(forWritingTo: self.outputURL)
        self.process.executableURL = URL(fileURLWithPath: executable)
        self.process.arguments = arguments
        // Python keeps what it prints into a pipe for itself otherwise.
        let inherited = ProcessInfo.processInfo.environment.merging(["PYTHONUNBUFFERED": "1"]) { _, given in given }
        self.process.environment = inherited.merging(environment) { _, given in given }
        self.process.currentDirectoryURL = Peers.repository
        self.process.standardOutput = output
        self.process.standardError = output
        self.process.standardInput = FileHandle.nullDevice
        try self.process.run()
        if let text { try await self.wait(for: text, within: limit) }
    }

    deinit {
        if self.process.isRunning { kill(self.process.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: self.outputURL)
    }

    package var pid: Int32 { self.process.processIdentifier }
    package var output: String { (try? String(contentsOf: self.outputURL, encoding: .isoLatin1)) ?? "" }

    package func wait(for text: String, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while !self.output.contains(text) {
            guard self.process.isRunning, ContinuousClock.now < end else {
                throw PeerFailure("\(self.name) did not print \"\(text)\":\n\(self.output)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for the end and gives the exit status.
    package func finished(within limit: Duration = .seconds(120)) async throws -> Int32 {
        let end = ContinuousClock.now + limit
        while self.process.isRunning {
            guard ContinuousClock.now < end else {
                kill(self.pid, SIGKILL)
                throw PeerFailure("\(self.name) did not end:\n\(self.output)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return self.process.terminationStatus
    }

    package func signal(_ number: Int32) { if self.process.isRunning { kill(self.pid, number) } }

    /// SIGTERM, then SIGKILL.
    package func stop() async {
        self.signal(SIGTERM)
        if (try? await self.finished(within: .seconds(40))) == nil { self.signal(SIGKILL) }
    }

    /// Runs a program to its end.
    package static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], within limit: Duration = .seconds(120)
    ) async throws -> (status: Int32, output: String) {
        let process = try await PeerProcess(executable, arguments, environment: environment)
        let status = try await process.finished(within: limit)
        return (status, process.output)
    }
}
