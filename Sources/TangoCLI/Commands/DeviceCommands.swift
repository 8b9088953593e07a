import ArgumentParser
import TangoClient
import TangoCore

/// `tango list`
struct ListCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the devices of the control system.")

    @Argument(help: "Devices to list; * stands for any text.", completion: Completion.devices)
    var wildcard = "*"

    @Flag(help: "List only devices that are running.")
    var exported = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let (all, exported) = try await session.attempt("list devices") { () async throws(DevFailed) in
            let database = try session.system.database()
            let exported = try await database.devices(matching: self.wildcard, exportedOnly: true)
            return (self.exported ? exported : try await database.devices(matching: self.wildcard), Set(exported.map(\.tangoFolded)))
        }
        let rows = all.map { (name: $0, isExported: exported.contains($0.tangoFolded)) }
        session.output(Self.table(rows), json: Self.json(rows))
    }

    static func table(_ rows: [(name: String, isExported: Bool)]) -> Table {
        Table(columns: [.init("")], rows: rows.map { [.init(WireText.shown($0.name), style: $0.isExported ? .green : .dim)] })
    }

    static func json(_ rows: [(name: String, isExported: Bool)]) -> JSONText {
        .array(rows.map { .object([.init("name", .wire($0.name)), .init("exported", .bool($0.isExported))]) })
    }
}

/// `tango info`
struct InfoCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what the database and the device say about a device.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
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
    var json: JSONText
    var style: Style?

    init(_ name: String, _ text: String, json: JSONText? = nil, style: Style? = nil) {
        self.name = name
        self.text = WireText.shown(text)
        self.json = json ?? .wire(text)
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

/// `tango state`
struct StateCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "state", abstract: "Show the state and status of a device.",
        discussion: "Piped, only the state is printed, for scripts; --status adds the status.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @Flag(help: "Print the status too when piped.")
    var status = false

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let activity = "get the state of \(self.device)"
        let proxy = try await session.device(self.device, to: activity)
        let isStatusShown = self.status || self.common.json || session.terminal.isTerminal
        let (state, status) = try await session.attempt(activity, device: self.device) { () async throws(DevFailed) in
            (try await proxy.state(), isStatusShown ? WireText.shown(try await proxy.status()) : "")
        }
        if self.common.json {
            let document = JSONText.object([
                .init("device", .wire(proxy.name)), .init("state", .string(state.name)), .init("status", .string(status)),
            ])
            return session.terminal.print(document.text)
        }
        session.terminal.print(session.terminal.styled(state.name, Style(state: state)))
        guard isStatusShown else { return }
        for line in status.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            session.terminal.print(String(line).printable)
        }
    }
}

/// `tango ping`
struct PingCommand: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "ping", abstract: "Measure the round trip time to a device.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @Option(name: .shortAndLong, help: ArgumentHelp("How often.", valueName: "count"))
    var number = 1

    @Option(help: ArgumentHelp("Pause between two.", valueName: "seconds"))
    var interval = 1.0

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard self.number > 0 else { throw ValidationError("-n is at least 1.") }
        guard self.interval >= 0, self.interval <= 86_400 else {
            throw ValidationError("--interval is a number of seconds from 0 to a day.")
        }
    }

    func perform(_ session: ClientSession) async throws {
        let proxy = try await session.device(self.device, to: "ping \(self.device)")
        var times: [Duration] = []
        for round in 0..<self.number {
            if round > 0 { try await Task.sleep(for: .seconds(self.interval)) }
            let time = try await session.attempt("ping \(self.device)", device: self.device) { () async throws(DevFailed) in
                try await proxy.ping()
            }
            times.append(time)
            if !self.common.json {
                let text = TimeText.milliseconds(time)
                session.terminal.print(session.terminal.isTerminal ? "\(proxy.name): \(text) ms" : "\(proxy.name)\t\(text)")
                Terminal.flush()
            }
        }
        if self.common.json {
            session.terminal.print(Self.json(proxy.name, times).text)
        } else if times.count > 1, session.terminal.isTerminal {
            session.terminal.print(Self.summary(times))
        }
    }

    static func json(_ device: String, _ times: [Duration]) -> JSONText {
        .object([.init("device", .wire(device)), .init("milliseconds", .array(times.map { .number(TimeText.milliseconds($0)) }))])
    }

    static func summary(_ times: [Duration]) -> String {
        let least = times.min() ?? .zero
        let most = times.max() ?? .zero
        let mean = times.reduce(.zero, +) / max(1, times.count)
        return "\(times.count) round trips: least \(TimeText.milliseconds(least)), mean \(TimeText.milliseconds(mean)), "
            + "most \(TimeText.milliseconds(most)) ms"
    }
}

/// `tango blackbox`
struct BlackBoxCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "blackbox", abstract: "Show the last calls a device received, newest first.")

    @Argument(help: "Name, alias or locator of the device.", completion: Completion.devices)
    var device: String

    @Option(name: .shortAndLong, help: ArgumentHelp("How many at most.", valueName: "count"))
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
            Table(columns: [.init("")], rows: lines.map { [.init(WireText.shown($0))] }), json: .array(lines.map(JSONText.wire)))
    }
}
