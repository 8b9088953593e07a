import TangoCore

/// What is called: names the culprit of a failure.
struct CallTarget: Sendable {
    /// `domain/family/member`, or the address of a database.
    var name: String
    /// Whether it is a database device: connection failures then have another reason.
    var isDatabase: Bool

    /// Kind of the texts in arguments of commands: names and properties where the device is the database or an admin device.
    var argumentTexts: TangoText.Kind {
        self.isDatabase || self.name.utf8.starts(with: "dserver/".utf8) ? .metadata : .value
    }

    /// Translates an error into what the caller of a proxy gets.
    func failure(_ error: any Error, timeout: Duration) -> DevFailed {
        DevFailed.from(error, calling: self.name, timeout: timeout, isDatabase: self.isDatabase)
    }
}
