import NIOCore
import Synchronization
public import TangoCore
import TangoWire

/// A Tango database: typed calls over the commands of its device (RFC-6).
///
/// Calls throw what the database throws, and `API_CantConnectToDatabase` when it does not answer.
public final class DatabaseClient: Sendable {
    /// Address of the database.
    public let host: TangoHost
    private let proxy: Mutex<DeviceProxy?>
    private let byteProxy = Mutex<DeviceProxy?>(nil)
    private let cachedName = Mutex<String?>(nil)
    private let makeProxy: @Sendable (_ name: String, _ keepsWireTexts: Bool) -> DeviceProxy
    /// Whether all texts of the control system stay in wire form.
    let keepsWireTexts: Bool
    /// What users may do in this control system.
    package let accessControl: AccessControl

    /// - Parameter alternatives: further addresses of the database, used when it does not answer at the first.
    init(host: TangoHost, alternatives: [TangoHost], system: ControlSystem) {
        self.host = host
        self.proxy = Mutex(nil)
        self.keepsWireTexts = system.options.keepsWireTexts
        let access = AccessControl(
            services: { [weak system] in
                guard let database = try system?.database(host) else { return [] }
                let argument = CommandData.stringArray(["CtrlSystem", "Services"])
                guard case .stringArray(let answer) = try await database.uncheckedCommand("DbGetProperty", argument) else { return [] }
                return try FlatAnswer.properties(answer, of: "DbGetProperty", hasFillers: true).first?.values ?? []
            },
            makeProxy: { locator in
                if !locator.usesDatabase, let address = locator.host {
                    return DeviceProxy(
                        name: locator.device, origin: .corbaloc(address, objectKey: locator.device.tangoFolded), system: system,
                        timeout: system.options.timeout)
                }
                return DeviceProxy(
                    name: locator.device, origin: .database(try system.database(locator.host ?? host)), system: system,
                    timeout: system.options.timeout)
            })
        self.accessControl = access
        self.makeProxy = { name, keepsWireTexts in
            DeviceProxy(
                name: name, origin: .corbaloc(host, objectKey: "database", alternatives: alternatives), system: system,
                timeout: system.options.databaseTimeout,
                isDatabase: true, keepsWireTexts: keepsWireTexts,
                accessControl: system.options.respectsAccessControl ? access : nil)
        }
    }

    /// Returns a proxy of the database device itself.
    public func device() async throws(DevFailed) -> DeviceProxy {
        _ = try await self.deviceName()
        return self.connection()
    }

    private func connection() -> DeviceProxy { self.proxy.withLock { self.connection(kept: &$0, keepsWireTexts: false) } }

    /// The connection whose texts stay in wire form.
    func byteConnection() -> DeviceProxy { self.byteProxy.withLock { self.connection(kept: &$0, keepsWireTexts: true) } }

    private func connection(kept: inout DeviceProxy?, keepsWireTexts: Bool) -> DeviceProxy {
        if let kept { return kept }
        let made = self.makeProxy(self.cachedName.withLock { $0 } ?? "\(self.host)", keepsWireTexts)
        kept = made
        return made
    }

    /// Returns the name of the database device as it reports it, e.g. `sys/database/2`.
    public func deviceName() async throws(DevFailed) -> String { try await self.deviceName(deadline: nil) }

    func deviceName(deadline: NIODeadline?) async throws(DevFailed) -> String {
        if let name = self.cachedName.withLock({ $0 }) { return name }
        let name = try await self.connection().reportedName(deadline: deadline)
        self.cachedName.withLock { $0 = name }
        self.proxy.withLock { $0 = nil }
        self.byteProxy.withLock { $0 = nil }
        return name
    }

    /// Sends the first requests of a server to its database, as cppTango 9.3.4 does: interface, presence, commands, name.
    package func introduce() async throws(DevFailed) {
        let proxy = self.connection()
        _ = try await proxy.call { _ in .nonExistent }
        _ = try? await proxy.commandInfo("DbDeleteAllDeviceAttributeProperty")
        _ = try await self.deviceName()
    }

    /// Executes any command of the database device.
    /// - Throws: what the database throws; `API_CantConnectToDatabase` when it does not answer.
    @discardableResult
    public func command(_ name: String, _ argument: CommandData = .void) async throws(DevFailed) -> CommandData {
        try await self.connection().command(name, argument)
    }

    /// Executes a command that the library needs for itself, whatever the user may do.
    func uncheckedCommand(
        _ name: String, _ argument: CommandData, deadline: NIODeadline? = nil
    ) async throws(DevFailed) -> CommandData {
        try await self.connection().uncheckedCommand(name, argument, deadline: deadline)
    }

    /// Returns the devices of a server, each followed by its class: `DbGetDeviceClassList`.
    package func deviceClasses(ofServer server: String) async throws(DevFailed) -> [String] {
        let command = "DbGetDeviceClassList"
        guard case .stringArray(let pairs) = try await self.uncheckedCommand(command, .string(server)) else {
            throw self.wrongAnswer(command)
        }
        return pairs
    }

    /// Returns everything about a device server as one flat list: `DbGetDataForServerCache`.
    /// - Parameter host: host the server runs on, with the release of the library behind `%%`.
    package func serverData(of server: String, host: String) async throws(DevFailed) -> [String] {
        let command = "DbGetDataForServerCache"
        guard case .stringArray(let items) = try await self.uncheckedCommand(command, .stringArray([server, host])) else {
            throw self.wrongAnswer(command)
        }
        return items
    }

    /// Takes the values of property `Services` of the free object `CtrlSystem` where they are known already.
    package func adopt(services: [String]) { self.accessControl.adopt(services: services) }

    /// Returns the class of a device: `DbGetClassForDevice`.
    package func deviceClass(of device: String) async throws(DevFailed) -> String {
        let command = "DbGetClassForDevice"
        guard case .string(let name) = try await self.uncheckedCommand(command, .name(device, .devices), deadline: nil) else {
            throw self.wrongAnswer(command)
        }
        return name
    }

    func wrongAnswer(_ command: String) -> DevFailed {
        DevFailed(.communicationFailed, "\(command) of database \(self.host) answered with another type", origin: "DatabaseClient")
    }

    /// Executes a command that answers a list of texts.
    public func strings(_ command: String, _ argument: CommandData) async throws(DevFailed) -> [String] {
        guard case .stringArray(let strings) = try await self.command(command, argument) else { throw self.wrongAnswer(command) }
        return strings
    }

    /// Executes a command that takes a name and answers a text.
    func string(_ command: String, _ argument: DatabaseText) async throws(DevFailed) -> String {
        guard case .string(let text) = try await self.command(command, argument) else { throw self.wrongAnswer(command) }
        return text
    }

    /// Returns the lines of `DbInfo`: what the database contains, and how long its commands take.
    public func info() async throws(DevFailed) -> [String] { try await self.strings("DbInfo", .void) }
}
