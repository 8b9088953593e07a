import Foundation
import TangoClient
import TangoCore

extension DeviceServer {
    /// Runs a device server program: reads the command line, serves until SIGINT, SIGTERM, SIGQUIT or the Kill command, and ends the
    /// process.
    ///
    /// The exit status is that of cppTango: 0 after a proper stop, 255 when the server cannot start.
    /// - Parameters:
    ///   - classes: classes of the devices.
    ///   - name: name of the server in the database; `nil` is the name of the program.
    ///   - arguments: the command line, with the program first.
    ///   - loadsDevicesIndividually: see `ServerArguments.loadsDevicesIndividually`.
    public static func main(
        name: String? = nil, classes: [DeviceClass], arguments: [String] = CommandLine.arguments, loadsDevicesIndividually: Bool = false
    ) async -> Never {
        ServerProgram.prepare()
        let program = name ?? String((arguments.first ?? "server").split(separator: "/").last ?? "server")
        do {
            var parsed = try ServerArguments(parsing: Array(arguments.dropFirst()), program: program)
            parsed.loadsDevicesIndividually = loadsDevicesIndividually
            if parsed.listsInstances { throw await Self.instances(of: program) }
            let configuration = Configuration(name: program, arguments: parsed) { server in
                server.context?.log.say("Ready to accept request")
            }
            try await ServerProgram.run([DeviceServer(classes: classes, configuration: configuration)])
            exit(0)
        } catch let error as ServerStartError {
            try? FileHandle.standardError.write(contentsOf: Data((Self.printable(error.description) + "\n").utf8))
            exit(error.status)
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("\(String(describing: error).printable)\n".utf8))
            exit(255)
        }
    }

    /// Returns a text of several lines without what could control a terminal.
    private static func printable(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0).printable }.joined(separator: "\t") }
            .joined(separator: "\n")
    }

    /// The answer to `-?`: the usage and the instances that the database defines.
    private static func instances(of program: String) async -> ServerStartError {
        var text = ServerArguments.usage(program, file: false)
        let system = ControlSystem()
        if let names = try? await system.database().strings("DbGetInstanceNameList", .string(program)) {
            text += "\nInstance name defined in database for server \(program) :" + names.map { "\n\t\($0)" }.joined()
        }
        await system.shutdown()
        return ServerStartError(text)
    }
}
