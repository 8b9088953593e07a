/// A TRL (Tango Resource Locator): `[tango://host:port/]device[/attribute][->property][#dbase=yes|no]`, where the device is
/// `domain/family/member` or an alias (RFC-16).
public struct TRL: Hashable, Sendable, CustomStringConvertible {
    /// The database named in the TRL, or with `#dbase=no` the address of the device server; `nil` without.
    public var host: TangoHost?
    /// `domain/family/member`, or an alias, which has no `/`.
    public var device: String
    /// Name of the attribute; `nil` without.
    public var attribute: String?
    /// Name of the property; `nil` without.
    public var property: String?
    /// `false` with `#dbase=no`: the device is found at `host` without a database.
    public var usesDatabase: Bool

    /// Creates a TRL from its parts.
    public init(host: TangoHost? = nil, device: String, attribute: String? = nil, property: String? = nil, usesDatabase: Bool = true) {
        self.host = host
        self.device = device
        self.attribute = attribute
        self.property = property
        self.usesDatabase = usesDatabase
    }

    /// Whether the device is given by its alias.
    public var isAlias: Bool { !self.device.utf8.contains(UInt8(ascii: "/")) }

    /// Parses a TRL of any form.
    /// - Throws: `API_WrongDeviceNameSyntax`; `API_UnsupportedProtocol` for another scheme than `tango`; `API_UnsupportedDBaseModifier` for
    ///   another text after `#`; `API_TangoHostNotSet` for a bad `host:port`.
    public init(parsing text: String) throws(DevFailed) {
        func wrong(_ why: String) -> DevFailed {
            DevFailed(.wrongDeviceName, "\(why) in \(text)", origin: "TRL")
        }
        var rest = Substring(text)
        self.usesDatabase = true
        if let hash = rest.utf8.lastIndex(of: UInt8(ascii: "#")) {
            switch rest[hash...].lowercased() {
            case "#dbase=no": self.usesDatabase = false
            case "#dbase=yes": break
            default:
                throw DevFailed("API_UnsupportedDBaseModifier", "\(rest[hash...]) is an unsupported db modifier", origin: "TRL")
            }
            rest = rest[..<hash]
        }
        self.property = nil
        if let arrow = rest.range(ofText: "->") {
            self.property = String(rest[arrow.upperBound...])
            rest = rest[..<arrow.lowerBound]
        }
        self.host = nil
        if let scheme = rest.range(ofText: "://") {
            guard rest[..<scheme.lowerBound].lowercased() == "tango" else {
                throw DevFailed(
                    "API_UnsupportedProtocol", "\(rest[..<scheme.upperBound]) is an unsupported protocol", origin: "TRL")
            }
            rest = rest[scheme.upperBound...]
            guard let slash = rest.utf8.firstIndex(of: UInt8(ascii: "/")) else { throw wrong("No device name") }
            if slash != rest.startIndex {
                self.host = try TangoHost(parsing: String(rest[..<slash]))
            }
            rest = rest[rest.utf8.index(after: slash)...]
        }
        if !self.usesDatabase, self.host == nil { throw wrong("#dbase=no needs tango://host:port/") }
        let fields = rest.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Substring($0) }
        guard fields.allSatisfy({ !$0.isEmpty }) else { throw wrong("Empty field") }
        switch fields.count {
        case 1, 3:
            self.device = String(rest)
            self.attribute = nil
        case 2, 4:
            self.device = fields.dropLast().joined(separator: "/")
            self.attribute = fields.last.map(String.init)
        default:
            throw wrong("Wrong number of fields")
        }
        if self.device.utf8.contains(UInt8(ascii: " ")) { throw wrong("Space") }
    }

    /// The TRL in its shortest form.
    public var description: String {
        var text = self.host.map { "tango://\($0)/" } ?? ""
        text += self.device
        if let attribute = self.attribute { text += "/\(attribute)" }
        if let property = self.property { text += "->\(property)" }
        return self.usesDatabase ? text : text + "#dbase=no"
    }
}

extension Substring {
    /// Returns the first occurrence of a short text.
    fileprivate func range(ofText text: String) -> Range<Substring.Index>? {
        let wanted = text.utf8
        guard let first = wanted.first else { return nil }
        var rest = self.utf8
        while let start = rest.firstIndex(of: first) {
            if rest[start...].starts(with: wanted) { return start..<rest.index(start, offsetBy: wanted.count) }
            rest = rest[rest.index(after: start)...]
        }
        return nil
    }
}
