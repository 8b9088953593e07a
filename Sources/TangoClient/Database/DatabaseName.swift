import NIOCore
import TangoCore
import TangoWire

/// A text in the argument of a database command.
///
/// A name is sent in the bytes in which the database has it: it may have been made by a program that writes Latin-1, and then no name is
/// found by its UTF-8 form, which all other texts have (`Compatibility T7`).
enum DatabaseText: Sendable {
    /// Sent as UTF-8.
    case text(String)
    /// The name of something the database lists.
    case name(String, NameList)

    /// As people read it.
    var readable: String {
        switch self {
        case .text(let text), .name(let text, _): text
        }
    }
}

/// A list of names in a database.
indirect enum NameList: Sendable {
    case devices
    case deviceAliases
    case servers
    case classes
    case objects
    case deviceProperties(String)
    case classProperties(String)
    case objectProperties(String)
    /// Attributes of a device that have properties.
    case attributes(String)
    case attributeProperties(String, attribute: String)
}

extension DatabaseClient {
    /// Returns the names of a list in the form in which they travel.
    private func wireNames(_ list: NameList, deadline: NIODeadline?) async throws(DevFailed) -> [String] {
        func all(_ command: String, _ argument: CommandData) async throws(DevFailed) -> [String] {
            guard case .stringArray(let names) = try await self.byteConnection().uncheckedCommand(command, argument, deadline: deadline)
            else { throw self.wrongAnswer(command) }
            return names
        }
        func wire(_ owner: String, _ list: NameList) async throws(DevFailed) -> String {
            try await self.wireTexts([.name(owner, list)], deadline: deadline)[0]
        }
        switch list {
        case .devices: return try await all("DbGetDeviceWideList", .string("*"))
        case .deviceAliases: return try await all("DbGetDeviceAliasList", .string("*"))
        case .servers: return try await all("DbGetServerList", .string("*"))
        case .classes: return try await all("DbGetClassList", .string("*"))
        case .objects: return try await all("DbGetObjectList", .string("*"))
        case .deviceProperties(let device):
            return try await all("DbGetDevicePropertyList", .stringArray([try await wire(device, .devices), "*"]))
        case .classProperties(let name): return try await all("DbGetClassPropertyList", .string(try await wire(name, .classes)))
        case .objectProperties(let name): return try await all("DbGetPropertyList", .stringArray([try await wire(name, .objects), "*"]))
        case .attributes(let device):
            return try await all("DbGetDeviceAttributeList", .stringArray([try await wire(device, .devices), "*"]))
        case .attributeProperties(let device, let attribute):
            let owner = try await self.wireTexts([.name(device, .devices), .name(attribute, .attributes(device))], deadline: deadline)
            let answer = try await all("DbGetDeviceAttributeProperty2", .stringArray(owner))
            return try FlatAnswer.attributes(answer, of: "DbGetDeviceAttributeProperty2").first?.properties.map(\.name) ?? []
        }
    }

    /// Executes a command that takes and answers a list of texts.
    func strings(_ command: String, _ argument: [DatabaseText]) async throws(DevFailed) -> [String] {
        guard case .stringArray(let strings) = try await self.command(command, argument) else { throw self.wrongAnswer(command) }
        return strings
    }

    /// Executes a command that takes a list of texts.
    @discardableResult
    func command(_ command: String, _ argument: [DatabaseText]) async throws(DevFailed) -> CommandData {
        guard self.mayHaveOtherBytes(argument) else { return try await self.command(command, .stringArray(argument.map(\.readable))) }
        let sent = try await self.wireTexts(argument)
        return Self.readable(try await self.byteConnection().command(command, .stringArray(sent)))
    }

    /// Executes a command that takes one name.
    @discardableResult
    func command(_ command: String, _ argument: DatabaseText) async throws(DevFailed) -> CommandData {
        guard self.mayHaveOtherBytes([argument]) else { return try await self.command(command, .string(argument.readable)) }
        let sent = try await self.wireTexts([argument])
        return Self.readable(try await self.byteConnection().command(command, .string(sent[0])))
    }

    /// Executes a command that takes one name and that the library needs for itself, whatever the user may do.
    func uncheckedCommand(
        _ command: String, _ argument: DatabaseText, deadline: NIODeadline?
    ) async throws(DevFailed) -> CommandData {
        guard self.mayHaveOtherBytes([argument]) else {
            return try await self.uncheckedCommand(command, .string(argument.readable), deadline: deadline)
        }
        let sent = try await self.wireTexts([argument], deadline: deadline)
        return Self.readable(try await self.byteConnection().uncheckedCommand(command, .string(sent[0]), deadline: deadline))
    }

    /// Returns names that match a pattern, as people read them.
    func names(matching wildcard: String, _ command: String) async throws(DevFailed) -> [String] {
        guard !self.keepsWireTexts, TangoText.hasLatin1Form(wildcard) else { return try await self.strings(command, .string(wildcard)) }
        return try await self.strings(command, .string("*")).filter(NamePattern(wildcard).matches)
    }

    private func mayHaveOtherBytes(_ argument: [DatabaseText]) -> Bool {
        guard !self.keepsWireTexts else { return false }
        return argument.contains { text in if case .name(let name, _) = text { TangoText.hasLatin1Form(name) } else { false } }
    }

    /// Returns the texts in the form in which they travel.
    private func wireTexts(_ argument: [DatabaseText], deadline: NIODeadline? = nil) async throws(DevFailed) -> [String] {
        var sent: [String] = []
        for text in argument {
            guard case .name(let name, let list) = text, TangoText.hasLatin1Form(name) else {
                sent.append(TangoText.wire(text.readable, .metadata))
                continue
            }
            let names = try await self.wireNames(list, deadline: deadline)
            sent.append(TangoText.wireName(name, among: names) ?? TangoText.wire(name, .metadata))
        }
        return sent
    }

    private static func readable(_ data: CommandData) -> CommandData {
        data.mapTexts(TangoText.readable)
    }
}
