import ArgumentParser
import Foundation
import TangoCLI
import TangoCore
import TangoGateway

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    public import Darwin
#endif

/// `tango rest user`: the users of the REST API.
struct RestUser: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Adds, removes and lists the users of the REST API.",
        subcommands: [Add.self, Remove.self, List.self])

    /// The options for the users file.
    struct File: ParsableArguments {
        @Option(help: ArgumentHelp("Users file; one in your configuration folder by default.", valueName: "file"))
        var users: String?

        @Option(help: ArgumentHelp("Configuration file that may name the users file.", valueName: "file"))
        var config: String?

        func load() async throws(DevFailed) -> UsersFile {
            let options = self.users.map { ["users": $0] } ?? [:]
            let loaded = try await LoadedConfiguration(
                options: options, environment: ProcessInfo.processInfo.environment, file: self.config)
            return UsersFile(path: loaded.configuration.usersFile ?? UsersFile.defaultPath)
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Adds a user, or changes the password of one; prompts for it.")

        @Argument(help: "Name of the user.")
        var name: String

        @OptionGroup
        var file: File

        func run() async throws {
            await reporting {
                let file = try await self.file.load()
                let isNew = try file.set(self.name, password: try Password.prompt(for: self.name))
                say("\(isNew ? "Added" : "Changed the password of") \(self.name) in \(file.path)")
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Removes a user.")

        @Argument(help: "Name of the user.")
        var name: String

        @OptionGroup
        var file: File

        func run() async throws {
            await reporting {
                let file = try await self.file.load()
                guard try file.remove(self.name) else { throw StartFailure("There is no user \(self.name) in \(file.path)") }
                say("Removed \(self.name) from \(file.path)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the users.")

        @OptionGroup
        var file: File

        func run() async throws {
            await reporting {
                for name in try await self.file.load().names() { Terminal.plain.print(name) }
            }
        }
    }
}

/// Reads passwords from a terminal or a pipe.
enum Password {
    /// Prompts twice on a terminal, without echo; reads the first line of a pipe or a file.
    static func prompt(for name: String) throws(StartFailure) -> String {
        guard isatty(STDIN_FILENO) != 0 else {
            guard let line = readLine(), !line.isEmpty else { throw StartFailure("There is no password on the standard input") }
            return line
        }
        let password = try Self.read("Password of \(name): ")
        guard try Self.read("Again: ") == password else { throw StartFailure("The passwords differ") }
        guard !password.isEmpty else { throw StartFailure("A password cannot be empty") }
        return password
    }

    private static func read(_ prompt: String) throws(StartFailure) -> String {
        var settings = termios()
        guard tcgetattr(STDIN_FILENO, &settings) == 0 else { throw StartFailure("The terminal cannot be used") }
        var silent = settings
        // Without signals, so that the program does not end while the echo is off.
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
        try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
        let line = readLine()
        try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
        guard let line, line.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) else { throw StartFailure("Nothing was changed") }
        return line
    }
}
