import TangoClient
import TangoCore

/// What a server reads from databases, property files, command lines and the environment, for the fuzzer and the tests of hostile input.
package enum StoredTexts {
    /// Hands bytes to every reader. None may trap, whatever the bytes.
    /// - Returns: how many readers made something of them.
    @discardableResult
    package static func exercise(_ bytes: [UInt8]) -> Int {
        let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        let items = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        var read = Self.answers(items) + Self.files(text, items)
        for item in items { read += Self.item(item) }
        return read + Self.polling(items)
    }

    private static func answers(_ items: [String]) -> Int {
        var read = 0
        for hasFillers in [true, false] where (try? FlatAnswer.properties(items, of: "x", hasFillers: hasFillers)) != nil { read += 1 }
        if (try? FlatAnswer.attributes(items, of: "x")) != nil { read += 1 }
        var cache = ServerCacheParser(items)
        if let data = try? cache.parse() { read += data.devices.count }
        return read
    }

    private static func files(_ text: String, _ items: [String]) -> Int {
        var read = 0
        if let file = try? PropertyFile(text, path: "file") {
            read += file.statements.count + file.serverData(serverID: "S/i").devices.count
        }
        if (try? ServerArguments(parsing: items, program: "S")) != nil { read += 1 }
        return read
    }

    private static func item(_ text: String) -> Int {
        var read = 0
        for type in DataType.allCases {
            for moment in [ConfigurationMoment.start, .change] where LimitValue(text, type, at: moment) != nil { read += 1 }
            if AttributeData(text: text, type: type)?.memorizedText != nil { read += 1 }
        }
        if let criterion = ChangeCriterion(text) { read += criterion.stored(inherited: .none)?.count ?? 1 }
        if let host = try? TangoHost(parsing: text) { read += host.description.isEmpty ? 0 : 1 }
        if let locator = try? TRL(parsing: text) { read += locator.description.isEmpty ? 0 : 1 }
        if (try? DeviceName(text)) != nil { read += 1 }
        if LogTargetName(text).kind != nil { read += 1 }
        return read + (ServerLog.rollingSize([text]) > 0 ? 1 : 0)
    }

    private static func polling(_ items: [String]) -> Int {
        var configuration = DeviceConfiguration()
        for name in [
            "poll_old_factor", "poll_ring_depth", "attr_poll_ring_depth", "cmd_poll_ring_depth", "min_poll_period", "attr_min_poll_period",
            "cmd_min_poll_period", "polled_attr", "polled_cmd", "non_auto_polled_attr", "non_auto_polled_cmd",
        ] {
            configuration.properties[name] = items
        }
        let settings = PollSettings(configuration)
        var read = settings.oldFactor > 0 ? 1 : 0
        for kind in [PollKind.attribute, .command] {
            for (name, period) in settings.polled(kind) where period >= 0 {
                read += settings.depth(kind, name) > 0 ? 1 : 0
                read += settings.minimumPeriod(kind, name) == nil ? 0 : 1
            }
        }
        return read
    }
}
