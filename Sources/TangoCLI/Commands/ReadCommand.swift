import ArgumentParser
import TangoClient
import TangoCore

/// `tango read`
struct ReadCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read attributes.",
        usage: "tango read <device> [<attribute> ...]\ntango read <device>/<attribute> ...",
        discussion: """
            All attributes are read when none is named. Piped, a line has the fields name, value, set value, unit, quality and time; \
            --value prints values alone.
            """)

    @Argument(help: ArgumentHelp("Device and attributes, or device/attribute.", valueName: "name"), completion: Completion.devices)
    var names: [String]

    @Flag(help: "Print long spectra and images whole on a terminal too.")
    var full = false

    @Flag(help: "Print only the values.")
    var value = false

    @Option(help: "Where the device takes values from: device, cache, or cache_device (the cache if it has them, else the device).")
    var source = ReadSource.cacheDevice

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let targets = try await session.attempt("read \(self.names.joined(separator: " "))") { () async throws(DevFailed) in
            try AttributeTargets.parse(self.names)
        }
        var readings: [AttributeReading] = []
        for target in targets { readings += try await self.read(target, session) }
        self.output(readings, isPrefixed: targets.count > 1, session)
        var hasFailed = false
        for reading in readings {
            guard let failure = reading.value.failure else { continue }
            hasFailed = true
            await session.report(
                CommandFailure(activity: "read \(reading.device)/\(reading.value.name)", failure: failure, device: reading.device))
        }
        if hasFailed { throw ExitCode(1) }
    }

    private func read(_ target: AttributeTargets, _ session: ClientSession) async throws -> [AttributeReading] {
        let activity = "read " + (target.attributes.count == 1 ? "\(target.device)/\(target.attributes[0])" : target.device)
        let proxy = try await session.device(target.device, to: activity)
        return try await session.attempt(activity, device: target.device) { () async throws(DevFailed) in
            var configs: [AttributeConfig] = []
            var names = target.attributes
            if names.isEmpty {
                configs = try await proxy.attributeConfigs()
                names = configs.map(\.name)
            }
            let values = try await proxy.readAttributes(names, source: self.source.source)
            if configs.isEmpty {
                // Unit and labels are a help only: the values are printed without them too.
                let readable = values.filter { $0.errors.isEmpty }.map(\.name)
                configs = readable.isEmpty ? [] : (try? await proxy.attributeConfigs(readable)) ?? []
            }
            return values.map { value in
                AttributeReading(
                    device: proxy.name, value: value, config: configs.first { $0.name.tangoFolded == value.name.tangoFolded })
            }
        }
    }

    private func output(_ readings: [AttributeReading], isPrefixed: Bool, _ session: ClientSession) {
        if self.common.json {
            let document: [JSONText] = readings.map { self.value ? $0.json : $0.document }
            return session.terminal.print((document.count == 1 ? document[0] : .array(document)).text)
        }
        let good = readings.filter { $0.value.errors.isEmpty }
        let width = session.summaryWidth(isFull: self.full)
        if self.value {
            for reading in good {
                let text = reading.text(width: width)
                session.terminal.print(session.terminal.isTerminal ? text.printable : text)
            }
            return
        }
        let terminal = self.full ? session.uncut.terminal : session.terminal
        terminal.print(AttributeReading.table(good, isPrefixed: isPrefixed, width: width))
    }
}

/// Values of `--source`.
enum ReadSource: String, ExpressibleByArgument, CaseIterable {
    case device
    case cache
    case cacheDevice = "cache_device"

    var source: DevSource {
        switch self {
        case .device: .device
        case .cache: .cache
        case .cacheDevice: .cacheDevice
        }
    }
}

/// A value read, with the configuration that tells its unit and labels when that is known.
struct AttributeReading: Sendable {
    var device: String
    var value: AttributeValue
    var config: AttributeConfig?

    private var labels: [String] { self.config?.type == .enum || self.value.type == .enum ? self.config?.enumLabels ?? [] : [] }
    private var format: AttributeFormat { self.value.format == .unknown ? self.config?.format ?? .unknown : self.value.format }

    /// The value as text; summarized when a width is given.
    func text(width: Int?) -> String {
        let data = self.value.readData
        guard data.count > 0 || self.value.quality != .invalid else { return "" }
        return Self.text(data, ValueText.Shape(self.format, self.value.readDimension), self.labels, width)
    }

    private static func text(_ data: AttributeData, _ shape: ValueText.Shape, _ labels: [String], _ width: Int?) -> String {
        guard let width else { return ValueText.full(data, shape, labels: labels) }
        return ValueText.summary(data, shape, labels: labels, width: width)
    }

    private func setText(width: Int?) -> String {
        guard let data = self.value.setData else { return "" }
        return Self.text(data, ValueText.Shape(self.format, self.value.writeDimension), self.labels, width.map { min($0, 24) })
    }

    /// The value as JSON; `null` when there is none.
    var json: JSONText {
        let data = self.value.readData
        guard data.count > 0 || self.value.quality != .invalid else { return .null }
        return ValueText.json(data, ValueText.Shape(self.format, self.value.readDimension), labels: self.labels)
    }

    /// Everything about the value as JSON.
    var document: JSONText {
        var members: [JSONText.Member] = [.init("device", .wire(self.device)), .init("name", .wire(self.value.name))]
        if let failure = self.value.failure {
            let errors = failure.errors.map { error in
                JSONText.object([
                    .init("reason", .wire(error.reason.rawValue)), .init("severity", .string(error.severity.name)),
                    .init("description", .wire(error.description)), .init("origin", .wire(error.origin)),
                ])
            }
            return .object(members + [.init("value", .null), .init("errors", .array(errors))])
        }
        members.append(.init("value", self.json))
        if let data = self.value.setData {
            members.append(
                .init("set", ValueText.json(data, ValueText.Shape(self.format, self.value.writeDimension), labels: self.labels)))
        }
        if let config = self.config { members.append(.init("unit", .wire(config.unit))) }
        if let type = self.config?.type ?? self.value.type { members.append(.init("type", .string(type.name))) }
        return .object(
            members + [
                .init("format", .string(self.format.name)),
                .init("quality", .string(self.value.quality.name)),
                .init("time", .string(TimeText.utc(self.value.time))),
            ])
    }

    /// Name, value, set value, unit, quality and time of each. With a width long values are summarized to what the other columns leave.
    static func table(_ readings: [AttributeReading], isPrefixed: Bool, width: Int?) -> Table {
        let isPlain = width == nil
        var table = Table(columns: [
            .init("NAME"), .init("VALUE", isFlexible: true), .init("SET", isFlexible: true), .init("UNIT"), .init("QUALITY"), .init("TIME"),
        ])
        table.rows = readings.map { reading in
            let name = isPrefixed ? "\(reading.device)/\(reading.value.name)" : reading.value.name
            return [
                .init(WireText.shown(name), style: .bold), "", .init(reading.setText(width: width)),
                .init(WireText.shown(reading.config?.unit ?? "")),
                .init(reading.value.quality.name, style: Style(quality: reading.value.quality)),
                .init(isPlain ? TimeText.utc(reading.value.time) : TimeText.local(reading.value.time), style: .dim),
            ]
        }
        let others = table.naturalWidths.enumerated().reduce(0) { $1.offset == 1 ? $0 : $0 + $1.element }
        let room = width.map { max(24, $0 - others - Table.gap * (table.columns.count - 1)) }
        for (index, reading) in readings.enumerated() {
            var style: Style?
            switch reading.value.readData {
            case .state(let states): style = states.count == 1 ? Style(state: states[0]) : nil
            case .deviceState(let state): style = Style(state: state)
            default: break
            }
            table.rows[index][1] = .init(reading.text(width: room), style: style)
        }
        return table
    }
}
