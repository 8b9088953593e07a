import Synchronization
import TangoCore

/// Answer of `DbImportDevice`: where a device is.
public struct DatabaseImport: Sendable, Hashable {
    public var name: String
    public var isExported: Bool
    public var pid: Int32
    public var ior: String
    public var version: String
    public var server: String
    public var host: String
    public var deviceClass: String
}

/// Answer of `DbGetDeviceInfo`.
public struct DatabaseDeviceInfo: Sendable, Hashable {
    public var name: String
    public var isExported: Bool
    public var ior: String
    public var version: String
    public var pid: Int32
    public var server: String
    public var host: String
    public var deviceClass: String
    /// As the database formats it; "?" when never.
    public var started: String
    public var stopped: String

    public init(
        name: String, isExported: Bool, ior: String, version: String, pid: Int32, server: String, host: String, deviceClass: String,
        started: String, stopped: String
    ) {
        self.name = name
        self.isExported = isExported
        self.ior = ior
        self.version = version
        self.pid = pid
        self.server = server
        self.host = host
        self.deviceClass = deviceClass
        self.started = started
        self.stopped = stopped
    }
}

/// A Tango database: typed calls over the commands of its device (RFC-6).
public final class DatabaseClient: Sendable {
    public let host: TangoHost
    private let proxy: Mutex<DeviceProxy?>
    private let cachedName = Mutex<String?>(nil)
    private let makeProxy: @Sendable (String) -> DeviceProxy
    /// What users may do in this control system.
    package let accessControl: AccessControl

    init(host: TangoHost, system: ControlSystem) {
        self.host = host
        self.proxy = Mutex(nil)
        let access = AccessControl(
            services: { [weak system] in
                guard let database = try system?.database(host) else { return [] }
                let argument = CommandData.stringArray(["CtrlSystem", "Services"])
                guard case .stringArray(let answer) = try await database.uncheckedCommand("DbGetProperty", argument) else { return [] }
                return Self.parse(answer, blankWhenUndefined: true).first?.values ?? []
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
        self.makeProxy = { name in
            DeviceProxy(
                name: name, origin: .corbaloc(host, objectKey: "database"), system: system, timeout: system.options.databaseTimeout,
                isDatabase: true, accessControl: system.options.respectsAccessControl ? access : nil)
        }
    }

    /// The database device itself.
    public func device() async throws(DevFailed) -> DeviceProxy {
        _ = try await self.deviceName()
        return self.connection()
    }

    private func connection() -> DeviceProxy {
        self.proxy.withLock { proxy in
            if let proxy { return proxy }
            let made = self.makeProxy(self.cachedName.withLock { $0 } ?? "\(self.host)")
            proxy = made
            return made
        }
    }

    /// Name of the database device as it reports it, e.g. `sys/database/2`.
    public func deviceName() async throws(DevFailed) -> String {
        if let name = self.cachedName.withLock({ $0 }) { return name }
        let name = try await self.connection().reportedName()
        self.cachedName.withLock { $0 = name }
        self.proxy.withLock { $0 = nil }
        return name
    }

    /// What a server says to its database first, as recorded of the incumbents: which interface, is it there, which commands, its name.
    package func introduce() async throws(DevFailed) {
        let proxy = self.connection()
        _ = try await proxy.call { _ in .nonExistent }
        _ = try? await proxy.commandInfo("DbDeleteAllDeviceAttributeProperty")
        _ = try await self.deviceName()
    }

    /// Any command of the database device.
    @discardableResult
    public func command(_ name: String, _ argument: CommandData = .void) async throws(DevFailed) -> CommandData {
        try await self.connection().command(name, argument)
    }

    /// A command the library needs for itself, whatever the user may do.
    private func uncheckedCommand(_ name: String, _ argument: CommandData) async throws(DevFailed) -> CommandData {
        try await self.connection().uncheckedCommand(name, argument)
    }

    /// Devices of a server, each followed by its class: `DbGetDeviceClassList`.
    package func deviceClasses(ofServer server: String) async throws(DevFailed) -> [String] {
        let command = "DbGetDeviceClassList"
        guard case .stringArray(let pairs) = try await self.uncheckedCommand(command, .string(server)) else {
            throw self.wrongAnswer(command)
        }
        return pairs
    }

    /// Everything about a device server, `DbGetDataForServerCache`; what it says about access control is used from then on.
    /// - Parameter host: host the server runs on, with the release of the library behind `%%`.
    package func serverData(of server: String, host: String) async throws(DevFailed) -> [String] {
        let command = "DbGetDataForServerCache"
        guard case .stringArray(let items) = try await self.uncheckedCommand(command, .stringArray([server, host])) else {
            throw self.wrongAnswer(command)
        }
        return items
    }

    /// Tells the values of property `Services` of the free object `CtrlSystem`, where they are known already.
    package func adopt(services: [String]) { self.accessControl.adopt(services: services) }

    /// `DbGetClassForDevice`.
    package func deviceClass(of device: String) async throws(DevFailed) -> String {
        let command = "DbGetClassForDevice"
        guard case .string(let name) = try await self.uncheckedCommand(command, .string(device)) else { throw self.wrongAnswer(command) }
        return name
    }

    private func wrongAnswer(_ command: String) -> DevFailed {
        DevFailed(.communicationFailed, "\(command) of database \(self.host) answered with another type", origin: "DatabaseClient")
    }

    /// A command that answers a list of texts.
    public func strings(_ command: String, _ argument: CommandData) async throws(DevFailed) -> [String] {
        guard case .stringArray(let strings) = try await self.command(command, argument) else { throw self.wrongAnswer(command) }
        return strings
    }

    private func string(_ command: String, _ argument: String) async throws(DevFailed) -> String {
        guard case .string(let text) = try await self.command(command, .string(argument)) else { throw self.wrongAnswer(command) }
        return text
    }

    /// Lines of `DbInfo`.
    public func info() async throws(DevFailed) -> [String] { try await self.strings("DbInfo", .void) }

    // MARK: - Devices

    /// `DbImportDevice`, by name or alias.
    /// - Throws: `DB_DeviceNotDefined`.
    public func importDevice(_ name: String) async throws(DevFailed) -> DatabaseImport {
        guard case .longStringArray(let answer) = try await self.uncheckedCommand("DbImportDevice", .string(name)), answer.longs.count >= 2,
            answer.strings.count >= 5
        else { throw self.wrongAnswer("DbImportDevice") }
        let strings = answer.strings
        return DatabaseImport(
            name: strings[0], isExported: answer.longs[0] != 0, pid: answer.longs[1], ior: strings[1], version: strings[2],
            server: strings[3], host: strings[4], deviceClass: strings.count > 5 ? strings[5] : "")
    }

    /// `DbGetDeviceInfo`.
    /// - Throws: `DB_DeviceNotDefined`.
    public func deviceInfo(_ name: String) async throws(DevFailed) -> DatabaseDeviceInfo {
        guard case .longStringArray(let answer) = try await self.command("DbGetDeviceInfo", .string(name)), answer.longs.count >= 2,
            answer.strings.count >= 7
        else { throw self.wrongAnswer("DbGetDeviceInfo") }
        let strings = answer.strings
        return DatabaseDeviceInfo(
            name: strings[0], isExported: answer.longs[0] != 0, ior: strings[1], version: strings[2], pid: answer.longs[1],
            server: strings[3], host: strings[4], deviceClass: strings.count > 7 ? strings[7] : "", started: strings[5], stopped: strings[6]
        )
    }

    /// Names of devices; `*` in the pattern stands for any text.
    public func devices(matching wildcard: String = "*", exportedOnly: Bool = false) async throws(DevFailed) -> [String] {
        try await self.strings(exportedOnly ? "DbGetDeviceExportedList" : "DbGetDeviceWideList", .string(wildcard))
    }

    public func domains(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDeviceDomainList", .string(wildcard))
    }

    public func families(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDeviceFamilyList", .string(wildcard))
    }

    public func members(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDeviceMemberList", .string(wildcard))
    }

    public func servers(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetServerList", .string(wildcard))
    }

    public func classes(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetClassList", .string(wildcard))
    }

    /// Declares a server `Executable/instance` with its devices.
    public func addServer(_ server: String, devices: [(name: String, deviceClass: String)]) async throws(DevFailed) {
        try await self.command("DbAddServer", .stringArray([server] + devices.flatMap { [$0.name, $0.deviceClass] }))
    }

    public func addDevice(_ device: String, server: String, deviceClass: String) async throws(DevFailed) {
        try await self.command("DbAddDevice", .stringArray([server, device, deviceClass]))
    }

    public func deleteDevice(_ device: String) async throws(DevFailed) { try await self.command("DbDeleteDevice", .string(device)) }
    public func deleteServer(_ server: String) async throws(DevFailed) { try await self.command("DbDeleteServer", .string(server)) }

    // MARK: - Aliases

    /// Alias of a device; `nil` when it has none.
    public func alias(ofDevice name: String) async throws(DevFailed) -> String? {
        do {
            return try await self.string("DbGetDeviceAlias", name)
        } catch  where error.reason == .databaseAliasNotDefined {
            return nil
        }
    }

    public func aliases(matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDeviceAliasList", .string(wildcard))
    }

    /// - Throws: `DB_DeviceNotDefined`.
    public func device(ofAlias alias: String) async throws(DevFailed) -> String { try await self.string("DbGetAliasDevice", alias) }

    public func putAlias(_ alias: String, ofDevice device: String) async throws(DevFailed) {
        try await self.command("DbPutDeviceAlias", .stringArray([device, alias]))
    }

    public func deleteAlias(_ alias: String) async throws(DevFailed) { try await self.command("DbDeleteDeviceAlias", .string(alias)) }

    // MARK: - Properties

    /// Names of a device's properties.
    public func propertyNames(ofDevice device: String, matching wildcard: String = "*") async throws(DevFailed) -> [String] {
        try await self.strings("DbGetDevicePropertyList", .stringArray([device, wildcard]))
    }

    /// Values of a device's properties; `nil` where one is undefined.
    public func properties(ofDevice device: String, names: [String]) async throws(DevFailed) -> [(name: String, values: [String]?)] {
        Self.parse(try await self.strings("DbGetDeviceProperty", .stringArray([device] + names)), blankWhenUndefined: true)
    }

    /// Values of a class's properties; `nil` where one is undefined.
    public func properties(ofClass name: String, names: [String]) async throws(DevFailed) -> [(name: String, values: [String]?)] {
        Self.parse(try await self.strings("DbGetClassProperty", .stringArray([name] + names)), blankWhenUndefined: false)
    }

    /// Values of a free object's properties; `nil` where one is undefined.
    public func properties(ofObject name: String, names: [String]) async throws(DevFailed) -> [(name: String, values: [String]?)] {
        Self.parse(try await self.strings("DbGetProperty", .stringArray([name] + names)), blankWhenUndefined: true)
    }

    public func putProperties(ofDevice device: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutDeviceProperty", .stringArray(Self.format(device, properties)))
    }

    public func putProperties(ofClass name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutClassProperty", .stringArray(Self.format(name, properties)))
    }

    public func putProperties(ofObject name: String, _ properties: [(name: String, values: [String])]) async throws(DevFailed) {
        try await self.command("DbPutProperty", .stringArray(Self.format(name, properties)))
    }

    public func deleteProperties(ofDevice device: String, names: [String]) async throws(DevFailed) {
        try await self.command("DbDeleteDeviceProperty", .stringArray([device] + names))
    }

    private static func format(_ owner: String, _ properties: [(name: String, values: [String])]) -> [String] {
        var argument = [owner, String(properties.count)]
        for property in properties { argument += [property.name, String(property.values.count)] + property.values }
        return argument
    }

    /// Reads `[owner, count, (name, n, value…)…]`; an undefined property of devices and objects has one blank filler.
    private static func parse(_ answer: [String], blankWhenUndefined: Bool) -> [(name: String, values: [String]?)] {
        var properties: [(name: String, values: [String]?)] = []
        var index = 2
        while index + 1 < answer.count {
            let name = answer[index]
            let count = max(0, Int(answer[index + 1]) ?? 0)
            index += 2
            if count == 0 {
                properties.append((name, nil))
                if blankWhenUndefined { index += 1 }
            } else {
                properties.append((name, Array(answer[min(index, answer.count)..<min(index + count, answer.count)])))
                index += count
            }
        }
        return properties
    }
}
