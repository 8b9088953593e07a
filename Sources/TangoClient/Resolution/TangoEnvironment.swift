import Foundation
public import TangoCore

/// Settings of Tango programs: from the environment, `.tangorc` of the home directory, or `/etc/tangorc`.
public enum TangoEnvironment {
    /// Returns the value of a setting such as `TANGO_HOST`; `nil` when it is not set. File lines are `NAME=value`, `#` starts a comment.
    public static func value(_ name: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let value = environment[name], !value.isEmpty { return value }
        var files = ["/etc/tangorc"]
        if let home = environment["HOME"] { files.insert(home + "/.tangorc", at: 0) }
        for file in files {
            guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { continue }
            if let value = Self.value(name, in: text) { return value }
        }
        return nil
    }

    static func value(_ name: String, in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            let statement = line.prefix { $0 != "#" }
            guard let equals = statement.firstIndex(of: "="), statement[..<equals].trimmingCharacters(in: .whitespaces) == name else {
                continue
            }
            let value = statement[statement.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if !value.isEmpty { return value }
        }
        return nil
    }

    /// Returns the default databases, from `TANGO_HOST` (`host:port[,host:port…]`, IPv6 addresses in brackets).
    /// - Throws: `API_TangoHostNotSet`.
    public static func tangoHosts() throws(DevFailed) -> [TangoHost] {
        guard let text = Self.value("TANGO_HOST") else {
            throw DevFailed(
                .tangoHostNotSet, "TANGO_HOST env. variable not set, set it and retry (e.g. TANGO_HOST=<host>:<port>)",
                origin: "TangoEnvironment")
        }
        var hosts: [TangoHost] = []
        for item in text.split(separator: ",") { hosts.append(try TangoHost(parsing: item.trimmingCharacters(in: .whitespaces))) }
        guard !hosts.isEmpty else { throw DevFailed(.tangoHostNotSet, "TANGO_HOST is empty", origin: "TangoEnvironment") }
        return hosts
    }
}
