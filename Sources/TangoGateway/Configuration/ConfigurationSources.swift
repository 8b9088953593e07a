import Configuration
import Foundation
import SystemPackage
package import TangoCore

/// A configuration read from the command line, the environment and a file, in this order of precedence.
package struct LoadedConfiguration: Sendable {
    /// Source of a value.
    enum Source: String, Sendable {
        case commandLine = "command line"
        case environment
        case file
        case standard = "default"
    }

    /// The configuration, before automatic settings are decided: see `GatewayConfiguration.resolved`.
    package var configuration = GatewayConfiguration()
    private(set) var sources: [String: Source] = [:]
    /// One line per environment variable that begins with `TANGO_REST_` and is no setting.
    package private(set) var warnings: [String] = []

    /// Reads the sources.
    /// - Parameters:
    ///   - options: values of the command line, by the names of the settings; lists are separated by commas.
    ///   - environment: variables; those of settings begin with `TANGO_REST_`.
    ///   - file: path of a JSON file; `nil`: that of `TANGO_REST_CONFIG`, or none.
    /// - Throws: `REST_BadConfiguration`, naming the setting and its source.
    package init(options: [String: String], environment: [String: String], file: String? = nil) async throws(DevFailed) {
        var providers: [(source: Source, provider: any ConfigProvider, prefix: [String])] = []
        let prefix = ["tango", "rest"]
        var variables: [String: String] = [:]
        for (name, text) in options { variables[Self.variable(name)] = text }
        providers.append((.commandLine, EnvironmentVariablesProvider(environmentVariables: variables), prefix))
        providers.append((.environment, EnvironmentVariablesProvider(environmentVariables: environment), prefix))
        if let file = file ?? environment["TANGO_REST_CONFIG"].flatMap({ $0.isEmpty ? nil : $0 }) {
            providers.append((.file, try await Self.read(file), []))
        }
        for setting in GatewaySetting.all {
            for (source, provider, prefix) in providers {
                let found: ConfigValue?
                do {
                    found = try provider.value(forKey: AbsoluteConfigKey(prefix + [setting.name]), type: setting.type).value
                } catch {
                    throw Self.unfit(setting, source)
                }
                guard let found else { continue }
                guard setting.set(found.content, in: &self.configuration) else { throw Self.unfit(setting, source) }
                self.sources[setting.name] = source
                break
            }
        }
        let known = GatewaySetting.all.map { Self.variable($0.name) } + ["TANGO_REST_CONFIG"]
        for name in environment.keys.filter({ $0.hasPrefix("TANGO_REST_") && !known.contains($0) }).sorted() {
            let nearest = known.min { Self.distance(name, $0) < Self.distance(name, $1) } ?? ""
            self.warnings.append("\(name) in the environment is no setting and does nothing; the nearest there is: \(nearest)")
        }
    }

    /// Returns the edit distance of two texts: insertions, deletions and replacements of letters.
    static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.utf8), Array(second.utf8))
        var costs = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var diagonal = costs[0]
            costs[0] = row + 1
            for (column, other) in second.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = costs[column + 1]
                costs[column + 1] = min(changed, diagonal + 1, costs[column] + 1)
            }
        }
        return costs[second.count]
    }

    /// Returns the environment variable of a setting.
    static func variable(_ name: String) -> String {
        "TANGO_REST_" + name.uppercased().replacing("-", with: "_")
    }

    private static func unfit(_ setting: GatewaySetting, _ source: Source) -> DevFailed {
        let place =
            switch source {
            case .commandLine: "Option --\(setting.name)"
            case .environment: "\(Self.variable(setting.name)) in the environment"
            case .file: "\"\(setting.name)\" in the configuration file"
            case .standard: setting.name
            }
        return DevFailed(.restBadConfiguration, "\(place) must be \(setting.expectation)", origin: "LoadedConfiguration")
    }

    private static func read(_ file: String) async throws(DevFailed) -> any ConfigProvider {
        func failed(_ description: String) -> DevFailed {
            DevFailed(.restBadConfiguration, "Configuration file \(file): \(description)", origin: "LoadedConfiguration")
        }
        guard let bytes = FileManager.default.contents(atPath: file) else { throw failed("it cannot be read") }
        let document: JSONValue
        do {
            document = try JSONValue(parsing: bytes)
        } catch {
            throw failed("\(error.problem) at byte \(error.offset)")
        }
        guard let object = document.object else { throw failed("an object is expected") }
        let known = Set(GatewaySetting.all.map(\.name))
        if let member = object.members.first(where: { !known.contains($0.name) }) {
            throw failed("there is no setting \"\(member.name)\"")
        }
        do {
            return try await FileProvider<JSONSnapshot>(filePath: FilePath(file))
        } catch {
            throw failed("\(error)")
        }
    }

    /// The effective configuration as JSON: the value of each setting and its source.
    package var json: String {
        let effective = self.configuration.resolved
        let lines = GatewaySetting.all.map { setting in
            let entry: JSONValue = [
                "value": setting.value(in: effective), "from": .string((self.sources[setting.name] ?? .standard).rawValue),
            ]
            return "  \(JSONValue.string(setting.name).text): \(entry.text)"
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n}"
    }
}
