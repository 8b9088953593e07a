/// Address of a Tango database: `host:port`.
public struct TangoHost: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: Int

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Parses `host:port`.
    /// - Throws: `API_TangoHostNotSet` with the peers' text when the port is missing or no number from 1 to 65535.
    public init(parsing text: String) throws(DevFailed) {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")), colon != text.startIndex,
            let port = Int(text[text.utf8.index(after: colon)...]), (1...65535).contains(port)
        else {
            throw DevFailed(
                .tangoHostNotSet, "TANGO_HOST env. variable syntax incorrect (e.g. TANGO_HOST=<host>:<port>)", origin: "TangoHost")
        }
        self.host = String(text[..<colon])
        self.port = port
    }

    public var description: String { "\(self.host):\(self.port)" }

    /// With the host in lower case: names of hosts are compared without case.
    package var folded: TangoHost { TangoHost(host: self.host.tangoFolded, port: self.port) }
}

/// Name of a device: `domain/family/member`, compared without case (RFC-2).
public struct DeviceName: Hashable, Sendable, CustomStringConvertible {
    public let name: CaseInsensitiveName

    /// - Throws: `API_WrongDeviceNameSyntax` unless the text has exactly three non-empty fields.
    public init(_ text: String) throws(DevFailed) {
        let fields = text.split(separator: "/", omittingEmptySubsequences: false)
        guard fields.count == 3, fields.allSatisfy({ !$0.isEmpty }) else {
            throw DevFailed(.wrongDeviceName, "Wrong device name syntax in \(text) (domain/family/member)", origin: "DeviceName")
        }
        self.name = CaseInsensitiveName(text)
    }

    /// A name known to be well-formed.
    package init(unchecked text: String) {
        self.name = CaseInsensitiveName(text)
    }

    /// As given.
    public var text: String { self.name.text }
    /// In lower case.
    public var folded: String { self.name.folded }
    public var description: String { self.name.text }

    private func field(_ index: Int) -> String { String(self.name.text.split(separator: "/")[index]) }
    public var domain: String { self.field(0) }
    public var family: String { self.field(1) }
    public var member: String { self.field(2) }
}

/// A Tango resource locator: `[tango://host:port/]device[/attribute][->property][#dbase=yes|no]`, the device
/// being `domain/family/member` or an alias (RFC-16).
public struct ResourceLocator: Hashable, Sendable, CustomStringConvertible {
    /// Database named in the locator; without database, address of the device server.
    public var host: TangoHost?
    /// `domain/family/member`, or an alias (no `/`).
    public var device: String
    public var attribute: String?
    public var property: String?
    /// `false` after `#dbase=no`: the device is asked for at `host` itself.
    public var usesDatabase: Bool

    public init(host: TangoHost? = nil, device: String, attribute: String? = nil, property: String? = nil, usesDatabase: Bool = true) {
        self.host = host
        self.device = device
        self.attribute = attribute
        self.property = property
        self.usesDatabase = usesDatabase
    }

    /// Whether the device is given by its alias.
    public var isAlias: Bool { !self.device.utf8.contains(UInt8(ascii: "/")) }

    /// Parses a locator of any form.
    /// - Throws: `API_WrongDeviceNameSyntax`, `API_UnsupportedProtocol` (another scheme than `tango`), `API_TangoHostNotSet` (bad `host:port`).
    public init(parsing text: String) throws(DevFailed) {
        func wrong(_ why: String) -> DevFailed {
            DevFailed(.wrongDeviceName, "\(why) in \(text)", origin: "ResourceLocator")
        }
        var rest = Substring(text)
        self.usesDatabase = true
        if let hash = rest.utf8.lastIndex(of: UInt8(ascii: "#")) {
            switch rest[hash...].lowercased() {
            case "#dbase=no": self.usesDatabase = false
            case "#dbase=yes": break
            default:
                throw DevFailed("API_UnsupportedDBaseModifier", "\(rest[hash...]) is an unsupported db modifier", origin: "ResourceLocator")
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
                    "API_UnsupportedProtocol", "\(rest[..<scheme.upperBound]) is an unsupported protocol", origin: "ResourceLocator")
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

    public var description: String {
        var text = self.host.map { "tango://\($0)/" } ?? ""
        text += self.device
        if let attribute = self.attribute { text += "/\(attribute)" }
        if let property = self.property { text += "->\(property)" }
        return self.usesDatabase ? text : text + "#dbase=no"
    }
}

extension Substring {
    /// First occurrence of a short text.
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
