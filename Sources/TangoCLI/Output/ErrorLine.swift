package import TangoCore

/// The one line printed for a failure.
package enum ErrorLine {
    /// The circumstances of a failure, for the advice in the message.
    package struct Context: Sendable, Hashable {
        /// The device, as given.
        package var device: String?
        /// Address of the database, as given or found.
        package var host: TangoHost?
        /// `Server/instance` of the device.
        package var server: String?
        /// Host the server last ran on.
        package var serverHost: String?
        /// Timeout of a call in seconds.
        package var timeout: Double?

        /// Creates a context.
        package init(
            device: String? = nil, host: TangoHost? = nil, server: String? = nil, serverHost: String? = nil, timeout: Double? = nil
        ) {
            self.device = device
            self.host = host
            self.server = server
            self.serverHost = serverHost
            self.timeout = timeout
        }
    }

    /// Returns `tango: cannot <activity>: <what is wrong and what to do> (<reason>)`, on one line without control characters.
    package static func text(_ failure: DevFailed, cannot activity: String, context: Context = Context()) -> String {
        let error = Self.relevant(failure)
        let explained = Self.advice(error, context) ?? Self.oneLine(error.description)
        let text = explained.isEmpty ? "it failed" : explained
        return "tango: cannot \(Self.oneLine(activity)): \(text) (\(Self.oneLine(error.reason.rawValue)))"
    }

    /// Reasons that are more specific than the low-level cause below them in the stack, most specific first.
    private static let relevantReasons: [ErrorReason] = [
        .tangoHostNotSet, .cantConnectToDatabase, .databaseDeviceNotDefined, .databaseAliasNotDefined, .deviceNotExported,
        .deviceTimedOut, .commandTimedOut, .cantConnectToDevice,
    ]

    /// Returns the entry of the stack to show: a well-known condition anywhere in it, otherwise the root cause.
    private static func relevant(_ failure: DevFailed) -> DevError {
        for reason in Self.relevantReasons {
            if let error = failure.errors.first(where: { $0.reason == reason }) { return error }
        }
        return failure.rootCause
    }

    private static func advice(_ error: DevError, _ context: Context) -> String? {
        let device = context.device ?? "the device"
        let database = context.host.map { "the database at \($0)" } ?? "the database"
        switch error.reason {
        case .tangoHostNotSet:
            let what = error.description.contains("syntax") ? "TANGO_HOST is not of the form host:port" : "TANGO_HOST is not set"
            return "\(what); set it to host:port of the database or give --tango-host (`tango up` starts a control system)"
        case .cantConnectToDatabase:
            return "\(database) does not answer; start it with `tango database`, or check TANGO_HOST"
        case .databaseDeviceNotDefined:
            return "\(database) knows no \(context.device.map { "device \($0)" } ?? "such device"); `tango list` shows those it knows"
        case .databaseAliasNotDefined:
            return "\(database) knows no alias \(context.device ?? "of that name")"
        case .deviceNotExported, .cantConnectToDevice:
            let state = error.reason == .deviceNotExported ? "\(device) is not running" : "the server of \(device) does not answer"
            guard let server = context.server, !server.isEmpty else { return "\(state); start its server" }
            let place = context.serverHost.flatMap { $0.isEmpty || $0 == "nada" ? nil : " on \($0)" } ?? ""
            return "\(state); start its server \(server)\(place)"
        case .deviceTimedOut, .commandTimedOut:
            let limit = context.timeout.map { " within \($0 == $0.rounded() && $0 < 1e9 ? String(Int($0)) : String($0)) s" } ?? " in time"
            return "\(device) did not answer\(limit); --timeout SECONDS waits longer"
        default:
            return nil
        }
    }

    /// Returns the text in one line: line ends and runs of blanks become one space, a full stop at the end is removed.
    private static func oneLine(_ text: String) -> String {
        let words = text.unicodeScalars.split(whereSeparator: \.isBlank).map { String($0) }
        let line = words.joined(separator: " ").printable
        return line.hasSuffix(".") && !line.hasSuffix("..") ? String(line.dropLast()) : line
    }
}
