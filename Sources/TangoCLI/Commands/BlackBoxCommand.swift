import ArgumentParser
import TangoClient
import TangoCore

/// `tango blackbox`
struct BlackBoxCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "blackbox", abstract: "Show the last requests to a device, newest first.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @Option(name: .shortAndLong, help: ArgumentHelp("Greatest number of lines.", valueName: "count"))
    var number = 50

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard (1...Int(Int32.max)).contains(self.number) else { throw ValidationError("-n is at least 1.") }
    }

    func perform(_ session: ClientSession) async throws {
        let activity = "read the black box of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let lines = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) -> [String] in
            do throws(DevFailed) {
                return try await proxy.blackBox(self.number)
            } catch {
                if error.reason == .blackBoxEmpty { return [] }
                throw error
            }
        }
        session.output(
            Table(columns: [.init("")], rows: lines.map { [.init($0)] }), json: .array(lines.map(JSONValue.string)))
    }
}
