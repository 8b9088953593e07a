import TangoCore
import TangoWire

/// What a device says about itself without its gate.
struct ImmediateAnswers {
    private let runtime: DeviceRuntime

    init(_ runtime: DeviceRuntime) {
        self.runtime = runtime
    }

    /// Whether the device implements an interface, by its CORBA repository id.
    func isA(_ id: String) -> Bool {
        guard id != "IDL:omg.org/CORBA/Object:1.0" else { return true }
        return id == "IDL:Tango/Device:1.0" || (2...self.runtime.interfaceVersion).contains { id == "IDL:Tango/Device_\($0):1.0" }
    }

    /// The device's property `description`, else the description of the class. The admin device has always the latter (cppTango 9.3.4).
    var description: String {
        let deviceClass = self.runtime.deviceClass
        let own = deviceClass.name == "DServer" ? nil : self.runtime.configuration.properties["description"]?.first
        return own ?? deviceClass.deviceDescription.wireMetadata
    }

    var info: DeviceInfo {
        let server = self.runtime.server
        let url = self.runtime.configuration.classProperties["doc_url"]?.first ?? "http://www.tango-controls.org"
        return DeviceInfo(
            deviceClass: self.runtime.deviceClass.name, serverID: server.serverID, serverHost: server.hostName,
            serverVersion: Int32(self.runtime.interfaceVersion), documentationURL: "Doc URL = \(url)",
            versions: [VersionInfo(key: "idl", value: "6.0.4"), VersionInfo(key: "swift-tango", value: Product.version)])
    }

    var commandInfos: [CommandInfo] { self.runtime.members.commandInfos }

    /// - Throws: `API_CommandNotFound`.
    func commandInfo(_ name: String) throws(DevFailed) -> CommandInfo {
        guard let command = self.runtime.command(name) else {
            throw .commandNotFound(name, origin: "DeviceImpl::command_query")
        }
        return command.value.info
    }
}
