import ArgumentParser
import TangoClient
import TangoCore

/// `tango read`
struct ReadCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Read attributes.",
        usage: "tango read <device> [<attribute> ...]\ntango read <device>/<attribute> ...",
        discussion: """
            Without names, all attributes are read. When piped, a line has the fields name, value, set value, unit, quality and time; \
            --value prints only the values.
            """)

    @Argument(help: ArgumentHelp("Device and attributes, or device/attribute.", valueName: "name"), completion: Completion.devices)
    var names: [String]

    @Flag(help: "Print long spectra and images completely, also on a terminal.")
    var full = false

    @Flag(help: "Print only the values.")
    var value = false

    @Option(help: "Source of the values: device, cache, or cache_device (the cache if it has the value, otherwise the device).")
    var source = ReadSource.cacheDevice

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let targets = try await session.attempt("read \(self.names.joined(separator: " "))") { () async throws(DevFailed) in
            try AttributeTargets.parse(self.names)
        }
        var readings: [ReadResult] = []
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

    private func read(_ target: AttributeTargets, _ session: ClientSession) async throws -> [ReadResult] {
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
                // Without the configuration, the values are printed without units and labels.
                let known = values.filter { value in !value.errors.contains { $0.reason == .attributeNotFound } }.map(\.name)
                configs = known.isEmpty ? [] : (try? await proxy.attributeConfigs(known)) ?? []
            }
            return values.map { value in
                let config = configs.first { $0.name.tangoFolded == value.name.tangoFolded }
                var value = value
                // A read that failed has the name as it was requested.
                if let config { value.name = config.name }
                return ReadResult(device: proxy.name, value: value, config: config)
            }
        }
    }

    private func output(_ readings: [ReadResult], isPrefixed: Bool, _ session: ClientSession) {
        if self.common.json {
            let document: [JSONValue] = readings.map { self.value ? $0.json : $0.document }
            return session.terminal.print((document.count == 1 ? document[0] : .array(document)).indentedText)
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
        terminal.print(ReadResult.table(good, isPrefixed: isPrefixed, width: width))
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
