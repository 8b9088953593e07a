import TangoCore

/// A server, not kept alive by its own admin device.
struct ServerReference: Sendable {
    weak let server: DeviceServer?
}

/// The admin device of a server: `dserver/Name/instance`, class DServer; an ordinary device whose commands act on the server.
final class AdminDevice: Device {
    private let context: DeviceContext

    init(context: DeviceContext) {
        self.context = context
        context.setState(.on)
        self.showPolling(isOn: true)
    }

    func showPolling(isOn: Bool) { self.context.setStatus("The device is ON\nThe polling is \(isOn ? "ON" : "OFF")") }

    /// The class DServer for one server, which it does not keep alive.
    static func deviceClass(of deviceServer: DeviceServer) -> DeviceClass {
        let server = ServerReference(server: deviceServer)
        var deviceClass = DeviceClass(
            "DServer", AdminDevice.self, execution: .inline, deviceDescription: "A device server device !!"
        ) {
            Self.queries(server)
            Self.life(server)
            Self.logging(server)
            Self.polling(server)
        }
        deviceClass.tellsCaller = true
        deviceClass.commands += Self.restart(server) + Self.locking(server)
        deviceClass.commands.append(
            CommandDefinition(
                CommandInfo(name: "Init", inType: .void, outType: .void),
                handler: .async { _, _ in
                    await server.server?.restartAll()
                    return .void
                }))
        return deviceClass
    }

    private static func queries(_ server: ServerReference) -> [Member] {
        [
            .command(
                Command("QueryClass", of: AdminDevice.self, out: .stringArray, outDescription: "Device server class(es) list") { _, _ in
                    .stringArray(server.server?.classes.map(\.name) ?? [])
                }),
            .command(
                Command("QueryDevice", of: AdminDevice.self, out: .stringArray, outDescription: "Device server device(s) list") { _, _ in
                    .stringArray(server.server?.devices.map { "\($0.deviceClass.name)::\($0.name)" } ?? [])
                }),
            .command(
                Command("QuerySubDevice", of: AdminDevice.self, out: .stringArray, outDescription: "Device server sub device(s) list") {
                    _, _ in
                    .stringArray([])
                }),
            .command(
                Command(
                    "QueryWizardClassProperty", of: AdminDevice.self, in: .string, out: .stringArray, inDescription: "Class name",
                    outDescription: "Class property list (name - description and default value)"
                ) { _, argument in
                    .stringArray(Self.wizard(try Self.find(argument, server).classProperties))
                }),
            .command(
                Command(
                    "QueryWizardDevProperty", of: AdminDevice.self, in: .string, out: .stringArray, inDescription: "Class name",
                    outDescription: "Device property list (name - description and default value)"
                ) { _, argument in
                    .stringArray(Self.wizard(try Self.find(argument, server).properties))
                }),
        ]
    }

    private static func life(_ server: ServerReference) -> [Member] {
        [
            .command(
                Command("RestartServer", of: AdminDevice.self) { _, _ in
                    Task { await server.server?.restartAll() }
                    return .void
                }),
            .command(
                Command("Kill", of: AdminDevice.self) { _, _ in
                    server.server?.kill()
                    return .void
                }),
        ]
    }

    private static func find(_ argument: CommandData, _ reference: ServerReference) throws(DevFailed) -> DeviceClass {
        guard case .string(let name) = argument,
            let found = reference.server?.classes.first(where: { $0.name.tangoFolded == name.tangoFolded })
        else {
            let name = if case .string(let text) = argument { text } else { "" }
            throw DevFailed("API_ClassNotFound", "Class \(name) not found in device server", origin: "DServer::query_wizard")
        }
        return found
    }

    private static func wizard(_ properties: [PropertyDefinition]) -> [String] {
        properties.flatMap { property in
            [
                property.name, property.description,
                property.defaultValue.isEmpty ? "Not specified" : property.defaultValue.joined(separator: "\n"),
            ]
        }
    }
}
