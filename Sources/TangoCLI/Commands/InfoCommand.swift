import ArgumentParser
import TangoClient
import TangoCore

/// `tango info`
struct InfoCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show the description of a device in the database and by the device itself.")

    @Argument(help: "Name, alias or TRL of the device.", completion: Completion.devices)
    var device: String

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "get information about \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        var fields: [InfoField] = [.init("name", proxy.name)]
        if let database = proxy.database {
            fields += try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
                InfoField.fields(try await database.deviceInfo(proxy.name), alias: try await database.alias(ofDevice: proxy.name))
            }
        }
        var failure: DevFailed?
        do {
            fields += InfoField.fields(try await proxy.info(), description: try await proxy.deviceDescription())
        } catch {
            failure = error
        }
        session.output(InfoField.table(fields), json: .object(fields.map { .init($0.name, $0.json) }))
        if let failure, !failure.errors.contains(where: { $0.reason == .deviceNotExported }) {
            throw CommandFailure(activity: activity, failure: failure, device: self.device)
        }
    }
}

/// A line of `tango info`.
struct InfoField: Sendable, Hashable {
    var name: String
    var text: String
    var json: JSONValue
    var style: Style?

    init(_ name: String, _ text: String, json: JSONValue? = nil, style: Style? = nil) {
        self.name = name
        self.text = text
        self.json = json ?? .string(text)
        self.style = style
    }

    static func fields(_ info: DatabaseDeviceInfo, alias: String?) -> [InfoField] {
        var fields = alias.map { [InfoField("alias", $0)] } ?? []
        fields += [
            InfoField("class", info.deviceClass),
            InfoField("server", info.server),
            InfoField("exported", info.isExported ? "yes" : "no", json: .bool(info.isExported), style: info.isExported ? .green : .red),
        ]
        if info.isExported {
            fields += [InfoField("host", info.host), InfoField("pid", String(info.pid), json: .integer(Int64(info.pid)))]
        }
        return fields + [InfoField("started", info.started), InfoField("stopped", info.stopped)]
    }

    static func fields(_ info: DeviceInfo, description: String) -> [InfoField] {
        var fields = [
            InfoField("device class", info.deviceClass),
            InfoField("device type", info.deviceType),
            InfoField("server id", info.serverID),
            InfoField("server host", info.serverHost),
            InfoField("interface", String(info.serverVersion), json: .integer(Int64(info.serverVersion))),
            InfoField("description", description),
            InfoField("documentation", info.documentationURL),
        ]
        fields += info.versions.map { InfoField("version of \($0.key)", $0.value) }
        return fields
    }

    static func table(_ fields: [InfoField]) -> Table {
        Table(pairs: fields.map { ($0.name, Table.Cell($0.text, style: $0.style)) })
    }
}
