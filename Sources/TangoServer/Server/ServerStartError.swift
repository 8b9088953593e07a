/// Why a server does not start.
public struct ServerStartError: Error, Sendable, CustomStringConvertible {
    /// Text for the user.
    public var description: String
    /// Exit status of the program.
    public var status: Int32

    /// Creates an error.
    /// - Parameter description: text for the user.
    /// - Parameter status: exit status; 255 as in cppTango 9.3.4.
    public init(_ description: String, status: Int32 = 255) {
        self.description = description
        self.status = status
    }
}
