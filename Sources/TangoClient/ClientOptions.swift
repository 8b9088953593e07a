/// Settings of a client.
public struct ClientOptions: Sendable {
    /// Limit of one call: look-ups, connecting and repetitions included.
    public var timeout: Duration = .seconds(3)
    /// Limit of a call on a database, and of looking a device up there: 13 s, as cppTango 9.3.4.
    public var databaseTimeout: Duration = .seconds(13)
    /// Threads of this client alone that move bytes; `nil` shares those of the process, whose number suits the machine (`TANGO_EVENT_LOOPS` in
    /// the environment replaces it).
    public var eventLoopThreads: Int?
    /// Whether each of those threads has connections of its own for the tasks that run on it. Servers take each connection for another
    /// client: of no use where devices are locked.
    package var hasConnectionsPerThread = false
    /// Whether calls that change something respect what the access service allows this program's user. A program that acts for others
    /// checks their rights instead.
    package var respectsAccessControl = true
    /// Whether texts stay as they are on the wire, one scalar per byte (`Compatibility T5`): for programs that pass them on.
    package var keepsWireTexts = false

    /// The defaults.
    public init() {}
}
