import TangoCore

/// The admin device of a server: `dserver/Name/instance`, class DServer; an ordinary device whose commands act on the server.
final class AdminDevice: Device {
    private let context: DeviceContext

    init(context: DeviceContext) {
        self.context = context
        context.setState(.on)
        context.setStatus("The device is ON\nThe polling is ON")
    }

    func initialize() {}

    /// Returns the class DServer for one server, which it does not keep alive.
    static func deviceClass(of lifecycle: ServerLifecycle) -> DeviceClass {
        let server = ServerReference(lifecycle)
        var deviceClass = DeviceClass(
            "DServer", AdminDevice.self, execution: .inline, deviceDescription: "A device server device !!"
        ) {
            [
                Self.queries(server), Self.life(server), Self.logging(server), Self.polling(server), Self.restart(server),
                Self.locking(server), Self.events(server),
            ]
            .joined().map { Member.command($0.definition) }
        }
        deviceClass.passesCaller = true
        return deviceClass
    }
}
