/// The name of a device: `domain/family/member`, compared without case (RFC-2).
public struct DeviceName: Hashable, Sendable, CustomStringConvertible {
    /// The name, comparable.
    public let name: CaseInsensitiveName

    /// Creates a name from `domain/family/member`.
    /// - Throws: `API_WrongDeviceNameSyntax` unless the text has exactly three non-empty fields.
    public init(_ text: String) throws(DevFailed) {
        let fields = text.split(separator: "/", omittingEmptySubsequences: false)
        guard fields.count == 3, fields.allSatisfy({ !$0.isEmpty }) else {
            throw DevFailed(.wrongDeviceName, "Wrong device name syntax in \(text) (domain/family/member)", origin: "DeviceName")
        }
        self.name = CaseInsensitiveName(text)
    }

    /// Creates a name from a text known to be well-formed.
    package init(unchecked text: String) {
        self.name = CaseInsensitiveName(text)
    }

    /// As given.
    public var text: String { self.name.text }
    /// In lower case.
    public var folded: String { self.name.folded }
    /// As given.
    public var description: String { self.name.text }

    private func field(_ index: Int) -> String { String(self.name.text.split(separator: "/")[index]) }
    /// The first field.
    public var domain: String { self.field(0) }
    /// The second field.
    public var family: String { self.field(1) }
    /// The third field.
    public var member: String { self.field(2) }
}
