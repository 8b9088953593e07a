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

    func initialize() {}

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
        deviceClass.passesCaller = true
        deviceClass.commands += Self.restart(server) + Self.locking(server)
        for index in deviceClass.commands.indices {
            deviceClass.commands[index].argumentRefusal = Self.argumentRefusal(deviceClass.commands[index].info)
        }
        return deviceClass
    }

    @MemberBuilder<AdminDevice>
    private static func queries(_ server: ServerReference) -> [Member] {
        Command("QueryClass", outDescription: "Device server class(es) list") { _ in server.server?.classes.map(\.name) ?? [] }
        Command("QueryDevice", outDescription: "Device server device(s) list") { _ in
            server.server?.devices.map { "\($0.deviceClass.name)::\($0.name)" } ?? []
        }
        Command("QuerySubDevice", outDescription: "Device server sub device(s) list") { _ in server.server?.subDevices.lines ?? [] }
        Command(
            "QueryWizardClassProperty", inDescription: "Class name",
            outDescription: "Class property list (name - description and default value)"
        ) { (_, name: String) in
            Self.wizard(try Self.find(name, server).classProperties)
        }
        Command(
            "QueryWizardDevProperty", inDescription: "Class name",
            outDescription: "Device property list (name - description and default value)"
        ) { (_, name: String) in
            Self.wizard(try Self.find(name, server).properties)
        }
    }

    @MemberBuilder<AdminDevice>
    private static func life(_ server: ServerReference) -> [Member] {
        Command("RestartServer") { _ in
            Task { await server.server?.restartAll() }
            return
        }
        Command("Init") { _ in await server.server?.restartAll() }
        Command("Kill") { _ in server.server?.kill() }
    }

    private static func find(_ name: String, _ reference: ServerReference) throws(DevFailed) -> DeviceClass {
        guard let found = reference.server?.classes.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            throw DevFailed("API_ClassNotFound", "Class \(name.tangoFolded) not found in device server", origin: "DServer::query_wizard")
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
