import Foundation
import Logging
import TangoCLI
import TangoCore
import TangoDatabase
import TangoGateway
import TangoServer

/// A failure that ends the program with one line and status 1.
struct StartFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }

    /// The reason any of the services gave, as one line.
    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as ServerStartError: self.init(error.description)
        case let failed as DevFailed: self.init("\(failed.reasonDescription) (\(failed.reason))")
        default: self.init(String(describing: error))
        }
    }
}

extension DatabaseStore {
    /// The user's own database: in the folder for application data.
    static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (environment["HOME"] ?? ".") + "/.local/share"
        return base + "/swift-tango/database.sqlite"
    }

    /// The store in that file, in the user's own when there is none named, or in memory.
    static func open(file: String?, inMemory: Bool) throws(DevFailed) -> DatabaseStore {
        inMemory ? try .inMemory() : try DatabaseStore(path: file ?? Self.defaultPath)
    }
}

extension Logger {
    /// Warnings and errors, on standard error.
    static func standard(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        return logger
    }
}

/// Says something to the user at once, even through a pipe. Nobody may be listening any more: services go on then.
func say(_ line: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}

/// Runs the body; a failure is printed as one line and ends the program with status 1.
func reporting(_ body: () async throws -> Void) async {
    do {
        try await body()
    } catch {
        Terminal.printError("tango: \(StartFailure(error))")
        exit(1)
    }
}
