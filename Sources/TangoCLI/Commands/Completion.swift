import ArgumentParser
import TangoClient
import TangoCore

/// Shell completion of device, attribute, command and pipe names, from the control system; nothing when it does not respond.
enum Completion {
    static let devices = CompletionKind.custom { words, _, prefix in
        await Self.offer(words) { system throws(DevFailed) in
            try await system.database().devices(matching: prefix + "*")
        }
    }

    static let attributes = CompletionKind.custom { words, _, _ in
        await Self.offer(words) { system throws(DevFailed) in
            guard let name = Self.device(in: words) else { return [] }
            return try await system.device(name).attributeConfigs().map(\.name)
        }
    }

    static let commands = CompletionKind.custom { words, _, _ in
        await Self.offer(words) { system throws(DevFailed) in
            guard let name = Self.device(in: words) else { return [] }
            return try await system.device(name).commandList().map(\.name)
        }
    }

    static let pipes = CompletionKind.custom { words, _, _ in
        await Self.offer(words) { system throws(DevFailed) in
            guard let name = Self.device(in: words) else { return [] }
            return try await system.device(name).pipeConfigs().map(\.name)
        }
    }

    private static func offer(
        _ words: [String], _ names: (ControlSystem) async throws(DevFailed) -> [String]
    ) async -> [String] {
        var options = ClientOptions()
        options.timeout = .seconds(1)
        let system = ControlSystem(host: Self.host(in: words), options: options)
        let found = (try? await names(system)) ?? []
        await system.shutdown()
        return found
    }

    /// Returns the first word that can only be a device.
    static func device(in words: [String]) -> String? {
        words.dropFirst(2).first { $0.contains("/") && !$0.hasPrefix("-") }
    }

    /// Returns the database of `--tango-host`.
    static func host(in words: [String]) -> TangoHost? {
        guard let option = words.firstIndex(of: "--tango-host"), option + 1 < words.count else { return nil }
        return try? TangoHost(parsing: words[option + 1])
    }
}
