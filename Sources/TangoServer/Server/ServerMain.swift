import Foundation
import TangoClient
import TangoCore

extension DeviceServer {
    /// What the `main` of a device server program calls: reads the command line, serves, and ends the process with the status the
    /// incumbents use (0 after a proper stop, 255 when the server cannot start).
    public static func main(
        name: String? = nil, classes: [DeviceClass], arguments: [String] = CommandLine.arguments, asksDeviceByDevice: Bool = false
    ) async -> Never {
        let program = name ?? String((arguments.first ?? "server").split(separator: "/").last ?? "server")
        do {
            var parsed = try ServerArguments(parsing: Array(arguments.dropFirst()), program: program)
            parsed.asksDeviceByDevice = asksDeviceByDevice
            if parsed.asksForInstances { throw await Self.instances(of: program) }
            try await DeviceServer(name: program, classes: classes, arguments: parsed).run()
            exit(0)
        } catch let error as ServerStartError {
            try? FileHandle.standardError.write(contentsOf: Data((error.description + "\n").utf8))
            exit(error.status)
        } catch {
            try? FileHandle.standardError.write(contentsOf: Data("\(error)\n".utf8))
            exit(255)
        }
    }

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
