import TangoCore

/// What is called: names the culprit of a failure.
struct CallTarget: Sendable {
    /// `domain/family/member`, or the address of a database.
    let name: String
    /// Whether it is a database device: connection failures then have another reason.
    let isDatabase: Bool
    /// Kind of the texts in arguments of commands: names and properties where the device is the database or an admin device.
    let argumentTexts: TangoText.Kind
    /// Whether texts are not converted.
    let keepsWireTexts: Bool

    init(name: String, isDatabase: Bool, keepsWireTexts: Bool = false) {
        self.keepsWireTexts = keepsWireTexts
        self.name = name
        self.isDatabase = isDatabase
        self.argumentTexts = isDatabase || name.tangoFolded.hasPrefix("dserver/") ? .metadata : .value
    }

    /// Translates an error into what the caller of a proxy gets.
    func failure(_ error: any Error, timeout: Duration) -> DevFailed {
        DevFailed.from(error, calling: self.name, timeout: timeout, isDatabase: self.isDatabase)
    }
}
