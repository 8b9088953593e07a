import TangoCore

/// The holder of a device's lock.
public struct LockerInfo: Sendable, Hashable {
    /// Identifies a client.
    public enum Client: Sendable, Hashable {
        /// A C++, Python or Swift client, by its process id.
        case cpp(pid: UInt32)
        /// A Java client, by the four random words of its identity and its main class.
        case java(words: [Int32], mainClass: String)
    }

    /// The client that holds the lock.
    public var client: Client
    /// Address of the client's host; "localhost" for a client that came through a local socket.
    public var host: String
}
