package import TangoCore

/// `corbaloc:iiop:[version@]host:port[,iiop:…]/key`: addresses and key of an object.
package struct Corbaloc: Sendable, Hashable {
    /// One address with the version to use there.
    package struct Address: Sendable, Hashable {
        package var version: GIOPVersion
        package var host: String
        package var port: UInt16
    }

    package var addresses: [Address]
    package var objectKey: String

    /// Parses a reference.
    /// - Throws: `API_CorbaException` when it is malformed.
    package init(parsing text: String) throws(DevFailed) {
        func malformed() -> DevFailed { DevFailed(.corbaException, "Not a corbaloc reference: \(text.prefix(80))", origin: "Corbaloc") }
        guard text.hasPrefix("corbaloc:"), let slash = text.firstIndex(of: "/") else { throw malformed() }
        self.objectKey = String(text[text.index(after: slash)...])
        self.addresses = []
        for item in text[..<slash].dropFirst("corbaloc:".count).split(separator: ",", omittingEmptySubsequences: false) {
            // "iiop:" or the short form ":".
            guard let colon = item.firstIndex(of: ":"), item[..<colon] == "iiop" || item[..<colon].isEmpty else { throw malformed() }
            var rest = item[item.index(after: colon)...]
            var version = GIOPVersion.v1_0
            if let at = rest.firstIndex(of: "@") {
                switch rest[..<at] {
                case "1.0": version = .v1_0
                case "1.1": version = .v1_1
                case "1.2": version = .v1_2
                default: throw malformed()
                }
                rest = rest[rest.index(after: at)...]
            }
            guard let portColon = rest.lastIndex(of: ":"), portColon != rest.startIndex,
                let port = UInt16(rest[rest.index(after: portColon)...]), let host = TangoHost.withoutBrackets(rest[..<portColon])
            else { throw malformed() }
            self.addresses.append(Address(version: version, host: host, port: port))
        }
        guard !self.addresses.isEmpty, !self.objectKey.isEmpty else { throw malformed() }
    }
}
