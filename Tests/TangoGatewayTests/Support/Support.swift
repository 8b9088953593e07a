import Foundation
import Logging
import TangoClient
import TangoCore
import TangoTestSupport

@testable import TangoGateway

extension TestFolder {
    /// A users file with hashes of low cost.
    func users(_ users: [String: String]) throws -> String {
        let lines = try users.map { "\($0.key):\(try PasswordHash(of: $0.value, cost: .cheap))\n" }
        return try self.write(lines.joined(), to: "users")
    }
}

extension PasswordHash.Cost {
    static let cheap = PasswordHash.Cost(logRounds: 4, blockSize: 1, parallelism: 1)
}

/// A gateway that listens at a port of its own; the control system behind it is not there.
struct RunningGateway: Sendable {
    let port: Int

    static func with(
        _ change: (inout GatewayConfiguration) -> Void = { _ in }, _ body: (RunningGateway) async throws -> Void
    ) async throws {
        var configuration = GatewayConfiguration()
        configuration.port = 0
        configuration.defaultTangoHost = TangoHost(host: "127.0.0.1", port: 1)
        change(&configuration)
        let system = ControlSystem(host: configuration.defaultTangoHost, options: Gateway.clientOptions(configuration))
        let (ports, found) = AsyncStream<Int>.makeStream()
        let gateway = Gateway(configuration: configuration, controlSystem: system, logger: Logger(label: "test")) { found.yield($0) }
        let task = Task {
            defer { found.finish() }
            try await gateway.run()
        }
        var outcome: Result<Void, any Error> = .success(())
        if let port = await ports.first(where: { _ in true }) {
            do {
                try await body(RunningGateway(port: port))
            } catch {
                outcome = .failure(error)
            }
        }
        task.cancel()
        do {
            try await task.value
        } catch {
            outcome = .failure(error)
        }
        await system.shutdown()
        try outcome.get()
    }
}

/// The program curl: an independent client, which has HTTP/2.
enum Curl {
    struct Answer: Sendable {
        var version = ""
        var status = 0
        /// Names in lower case.
        var headers: [String: [String]] = [:]
        var body = ""
    }

    static let path = "/usr/bin/curl"
    static var isThere: Bool { FileManager.default.isExecutableFile(atPath: Self.path) }

    static func get(_ url: String, _ options: [String] = []) async throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.path)
        process.arguments = ["-sS", "-i", "-m", "20"] + options + [url]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: pipe.fileHandleForReading.readDataToEndOfFile()) }
        }
        process.waitUntilExit()
        var answer = Answer()
        let parts = String(decoding: output, as: UTF8.self).components(separatedBy: "\r\n\r\n")
        // Heads of interim responses come before it.
        guard let index = parts.firstIndex(where: { !$0.hasPrefix("HTTP/2 100") && !$0.hasPrefix("HTTP/1.1 100") }) else { return answer }
        let lines = parts[index].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count >= 2 else { return answer }
        answer.version = String(words[0])
        answer.status = Int(words[1]) ?? 0
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            if sides.count == 2 {
                answer.headers[sides[0].lowercased(), default: []].append(sides[1].trimmingCharacters(in: .whitespaces))
            }
        }
        answer.body = parts[(index + 1)...].joined(separator: "\r\n\r\n")
        return answer
    }
}
