import Foundation
import Logging
import TangoCLI
import TangoCore
import TangoDatabase
import TangoIIOP

extension DatabaseStore {
    /// Path of the user's own database, in the folder for application data.
    static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (environment["HOME"] ?? ".") + "/.local/share"
        return base + "/swift-tango/database.sqlite"
    }

    /// Opens the store in that file, in the user's own when none is named, or in memory.
    static func open(file: String?, inMemory: Bool) throws(DevFailed) -> DatabaseStore {
        inMemory ? try .inMemory() : try DatabaseStore(path: file ?? Self.defaultPath)
    }
}

extension Logger {
    /// Returns a logger that writes warnings and errors to standard error, each on one line.
    static func standard(_ label: String) -> Logger {
        var logger = Logger(label: label) { StreamLogHandler.standardError(label: $0) }.printable
        logger.logLevel = .warning
        return logger
    }
}

/// Prints a line at once, even into a pipe. A pipe without reader is no failure.
func say(_ line: String) {
    try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
}

/// Runs the body; a failure is printed as one line and ends the program with status 1.
func reporting(_ body: () async throws -> Void) async {
    do {
        try await body()
    } catch {
        Terminal.printError("tango: \(StartFailure(error).description.printable)")
        exit(1)
    }
}
