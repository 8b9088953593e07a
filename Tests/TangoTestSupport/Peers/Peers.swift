package import Foundation

/// Where the programs are that the tests start.
package enum Peers {
    package static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    package static let cppTangoTest = "/usr/lib/tango/TangoTest"
    package static let cppDatabase = "/usr/lib/tango/DataBaseds"
    package static let tangoAdmin = "/usr/bin/tango_admin"
    package static let accessControl = "/usr/lib/tango/TangoAccessControl"
    package static let starter = "/usr/lib/tango/Starter"
    package static var python: String { Self.repository.appendingPathComponent(".build/venv/bin/python").path }

    /// A program of this package, built together with the tests.
    package static func program(_ name: String) -> String {
        URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(name).path
    }

    package static func script(_ name: String) -> String { Self.repository.appendingPathComponent("Scripts/\(name)").path }

    /// What is missing of the peers; `nil` when all are there. `make setup-test` installs them.
    package static let missing: String? = {
        let needed = [Self.cppTangoTest, Self.cppDatabase, Self.tangoAdmin, Self.accessControl, Self.starter, Self.python]
        let absent = needed.filter { !FileManager.default.isExecutableFile(atPath: $0) }
        guard !absent.isEmpty else { return nil }
        let reason = "peers not installed (make setup-test): \(absent.joined(separator: ", "))"
        print("skipped: \(reason)")
        return reason
    }()
}
