import Foundation
import Testing

/// A program running beside the tests; its output goes to a file.
final class PeerProcess: @unchecked Sendable {  // ok: Process is only started, signaled and waited for; one test owns it
    private let process = Process()
    private let outputURL: URL
    let name: String

    /// Starts the program and waits until it prints the text.
    init(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], readyWhenPrinting text: String? = nil,
        within limit: Duration = .seconds(30)
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

    var pid: Int32 { self.process.processIdentifier }
    var output: String { (try? String(contentsOf: self.outputURL, encoding: .isoLatin1)) ?? "" }

    func wait(for text: String, within limit: Duration) async throws {
        let end = ContinuousClock.now + limit
        while !self.output.contains(text) {
            guard self.process.isRunning, ContinuousClock.now < end else {
                throw PeerFailure("\(self.name) did not print \"\(text)\":\n\(self.output)")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Waits for the end and gives the exit status.
    func finished(within limit: Duration = .seconds(120)) async throws -> Int32 {
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

    func signal(_ number: Int32) { if self.process.isRunning { kill(self.pid, number) } }

    /// SIGTERM, then SIGKILL.
    func stop() async {
        self.signal(SIGTERM)
        if (try? await self.finished(within: .seconds(10))) == nil { self.signal(SIGKILL) }
    }

    /// Runs a program to its end.
    static func run(
        _ executable: String, _ arguments: [String] = [], environment: [String: String] = [:], within limit: Duration = .seconds(120)
    ) async throws -> (status: Int32, output: String) {
        let process = try await PeerProcess(executable, arguments, environment: environment)
        let status = try await process.finished(within: limit)
        return (status, process.output)
    }
}

struct PeerFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// Where the programs are that the tests start.
enum Peers {
    static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let cppTangoTest = "/usr/lib/tango/TangoTest"
    static let cppDatabase = "/usr/lib/tango/DataBaseds"
    static let tangoAdmin = "/usr/bin/tango_admin"
    static let accessControl = "/usr/lib/tango/TangoAccessControl"
    static let starter = "/usr/lib/tango/Starter"
    static var python: String { Self.repository.appendingPathComponent(".build/venv/bin/python").path }

    /// A program of this package, built together with the tests.
    static func program(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
    }

    static func script(_ name: String) -> String { Self.repository.appendingPathComponent("Scripts/\(name)").path }

    /// What is missing of the peers; `nil` when all are there. `make setup-test` installs them.
    static let missing: String? = {
        let needed = [Self.cppTangoTest, Self.cppDatabase, Self.tangoAdmin, Self.accessControl, Self.starter, Self.python]
        let absent = needed.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        guard !absent.isEmpty else { return nil }
        let reason = "peers not installed (make setup-test): \(absent.joined(separator: ", "))"
        print("skipped: \(reason)")
        return reason
    }()

    /// A port nobody listens at just now.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        guard result else { throw PeerFailure("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    static func temporaryFolder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("swift-tango-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}
