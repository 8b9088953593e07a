import NIOCore
import TangoCore

/// The text of DevPollStatus.
struct PollStatus: Sendable {
    let runtime: DeviceRuntime

    /// One block for each polled object: commands, then attributes.
    var blocks: [String] {
        guard let polling = self.runtime.persistentState.polling, !polling.isEmpty else { return [] }
        let now = NIODeadline.now()
        let attributes = polling.objects(.attribute)
        var together: [Int: [String]] = [:]
        for attribute in attributes { together[attribute.period, default: []].append(attribute.name) }
        func text(_ object: PolledObject, asCommand: Bool = false) -> String {
            object.statusText(
                together: object.kind == .attribute ? together[object.period] ?? [] : [], asCommand: asCommand, now: now)
        }
        let builtIn = attributes.filter { $0.name == "State" || $0.name == "Status" }
        return polling.objects(.command).map { text($0) } + builtIn.map { text($0, asCommand: true) } + attributes.map { text($0) }
    }
}

extension PolledObject {
    /// Returns the block of DevPollStatus about this object, in the words of cppTango 9.3.4.
    /// - Parameters:
    ///   - together: names of the attributes read with this one, itself included.
    ///   - asCommand: State and Status are shown as attributes and as commands.
    func statusText(together: [String], asCommand: Bool = false, now: NIODeadline) -> String {
        var text = "Polled \(asCommand ? "command" : self.kind.label) name = \(self.name)"
        text += self.period == 0 ? "\nPolling externally triggered" : "\nPolling period (mS) = \(self.period)"
        text += "\nPolling ring buffer depth = \(self.ring.depth)"
        guard let newest = self.ring.newest else { return text + "\nNo data recorded yet" }
        if let duration = self.duration {
            if self.period != 0 {
                text += "\nTime needed for the last "
                switch (self.kind, asCommand) {
                case (.command, _): text += "command execution"
                case (.attribute, true):
                    text += together.count > 1 ? "commands (\(Self.list(together))) reading" : "command reading"
                case (.attribute, false):
                    text += together.count > 1 ? "attributes (\(Self.list(together))) reading" : "attribute reading"
                }
                text += " (mS) = \(Self.milliseconds(duration))"
                text += "\nData not updated since \(Self.age(now - self.updated - duration))"
            }
        } else {
            text += "\nThe polling buffer is externally filled in"
        }
        let deltas = self.ring.deltas(4)
        if !deltas.isEmpty {
            text += "\nDelta between last records (in mS) = " + deltas.map { String($0) }.joined(separator: ", ")
        }
        if let error = newest.value.errors.first {
            let action = self.kind == .command ? "command execution" : asCommand ? "command read" : "attribute read"
            text += "\nLast \(action) FAILED :"
            text += "\n\tReason = \(error.reason)\n\tDesc = \(error.description)\n\tOrigin = \(error.origin)"
        }
        return text
    }

    /// Returns the names in one line; very long lists are cut, since each of the attributes shows the whole list.
    private static func list(_ names: [String]) -> String {
        names.count <= 100 ? names.joined(separator: " + ") : names.prefix(100).joined(separator: " + ") + " + ..."
    }

    /// Returns milliseconds with three decimals, rounded.
    private static func milliseconds(_ duration: TimeAmount) -> String {
        let microseconds = (max(0, duration.nanoseconds) + 500) / 1000
        let fraction = String(microseconds % 1000)
        return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    private static func age(_ age: TimeAmount) -> String {
        let milliseconds = max(0, age.nanoseconds) / 1_000_000
        let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000)
        if seconds == 0 { return "\(rest) mS" }
        if seconds < 60 { return "\(seconds) S and \(rest) mS" }
        return "\(seconds / 60) MN" + (seconds % 60 == 0 ? "" : " ,\(seconds % 60) S") + (rest == 0 ? "" : " and \(rest) mS")
    }
}
