import Foundation
import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// The rules of attributes, configuration and restarts: thousands of small comparisons between a peer's device and ours.
///
/// `make test` asks the sections that take seconds; `RULES=quick` asks a fifth of the questions of every section, `RULES=all` all of them
/// (an hour), `RULES_SECTIONS=9,10` those sections.
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct RulesTests {
    private static let environment = ProcessInfo.processInfo.environment

    private static func sections(_ usual: [String], _ all: [String]) -> [String] {
        if let wanted = Self.environment["RULES_SECTIONS"] {
            return all.filter { wanted.split(separator: ",").contains(Substring($0)) }
        }
        return Self.environment["RULES"] == nil ? usual : all
    }

    static let withPyTango = Self.sections(
        ["7-states", "7-lines", "9", "12-refusals", "12-labels"],
        [
            "4", "7-states", "7-lines", "7-code", "8", "9", "10", "11", "11-rds", "12-refusals", "12-labels", "12-pairs", "12-levels",
            "12-texts", "12-start", "12-starts", "13", "22", "22-commands",
        ])

    static let withCpp = Self.sections(
        ["9", "12-refusals"],
        ["4", "8", "9", "10", "12-refusals", "12-labels", "12-pairs", "12-levels", "12-texts", "12-start", "12-starts"])

    private static let extent = Self.environment["RULES"] == "all" ? [] : ["--quick"]

    /// Runs a section of rules.py between two devices of the system.
    private static func compare(_ system: PeerSystem, _ peer: String, _ ours: String, _ section: String) async throws {
        let comparison = try await PeerProcess.run(
            Peers.python,
            [Peers.script("peers/rules/rules.py"), "\(system.host)", peer, "\(system.host)", ours, "--section", section] + Self.extent,
            environment: system.environment, within: .seconds(900))
        #expect(comparison.status == 0, "\(section):\n\(comparison.output.suffix(30_000))")
    }

    @Test(arguments: Self.withPyTango) func aDeviceOfOursFollowsTheRulesOfAPyTangoDevice(section: String) async throws {
        try await PeerSystem.withOurs { system, _ in
            let python = try await system.startServer(
                Peers.python, [Peers.script("peers/rules/rules_server.py")], server: "rules_server/python", device: "test/rules/python",
                deviceClass: "Rules")
            let ours = try await system.startInProcess(RulesInterface.deviceClass, name: "rules_server", device: "test/rules/swift")
            let outcome: Result<Void, any Error>
            do {
                outcome = .success(try await Self.compare(system, "test/rules/python", "test/rules/swift", section))
            } catch {
                outcome = .failure(error)
            }
            await ours.stop()
            await python.stop()
            try outcome.get()
        }
    }

    @Test(arguments: Self.withCpp)
    func ourTangoTestFollowsTheRulesOfTheCppOne(section: String) async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            try await Self.compare(system, "test/cpp/1", "test/swift/1", section)
            await cpp.stop()
            await ours.stop()
        }
    }
}
