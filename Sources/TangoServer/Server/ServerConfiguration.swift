public import Logging
public import TangoCore
package import TangoEvents

extension DeviceServer {
    /// Settings of a server.
    public struct Configuration: Sendable {
        /// Name of the server in the database; usually that of the program.
        public var name: String
        /// The command line: instance, where devices come from, addresses.
        public var arguments: ServerArguments
        /// The database; `nil` reads `TANGO_HOST`. Unused without a database.
        public var tangoHost: TangoHost?
        /// Threads of this server alone that move bytes and run the handlers of inline classes; `nil` shares those of the process, whose number
        /// suits the machine (`TANGO_EVENT_LOOPS` in the environment replaces it).
        public var eventLoopThreads: Int?
        /// Largest number of blocking handlers that run at once; threads are started when they are needed.
        public var poolThreads: Int
        /// Takes what the server logs where no logging target of its devices does; `nil` writes warnings and errors.
        public var logger: Logger?
        /// Well-known object keys, by device name in lower case.
        package var objectKeys: [String: String] = [:]
        /// Longest wait of a request for a busy device, then `API_CommandTimedOut`.
        package var gateTimeout: Duration = .milliseconds(3200)
        /// Devices and properties of a server without a database; replaces what the arguments name.
        package var memory: MemoryStorage?
        /// What carries its events.
        package var eventTransport: any EventTransport = ZMQTransport()
        /// Called by `run` when the server accepts requests.
        package var onReady: (@Sendable (DeviceServer) async -> Void)?

        /// Creates the settings of a server.
        /// - Parameters:
        ///   - arguments: the command line: instance, where devices come from, addresses.
        ///   - eventLoopThreads: threads of this server alone that move bytes and run the handlers of inline classes; `nil` shares those of the
        ///     process.
        ///   - poolThreads: largest number of blocking handlers that run at once.
        ///   - logger: takes what no logging target of a device takes; `nil` writes warnings and errors.
        ///   - name: name of the server in the database; usually that of the program.
        ///   - tangoHost: the database; `nil` reads `TANGO_HOST`.
        public init(
            name: String, arguments: ServerArguments, tangoHost: TangoHost? = nil, eventLoopThreads: Int? = nil, poolThreads: Int = 100,
            logger: Logger? = nil
        ) {
            self.name = name
            self.arguments = arguments
            self.tangoHost = tangoHost
            self.eventLoopThreads = eventLoopThreads
            self.poolThreads = poolThreads
            self.logger = logger
        }

        /// Creates the settings of a server, with those that only this package sets.
        package init(
            name: String, arguments: ServerArguments, tangoHost: TangoHost? = nil, eventLoopThreads: Int? = nil, poolThreads: Int = 100,
            objectKeys: [String: String] = [:], gateTimeout: Duration = .milliseconds(3200), memory: MemoryStorage? = nil,
            logger: Logger? = nil, onReady: (@Sendable (DeviceServer) async -> Void)? = nil
        ) {
            self.init(
                name: name, arguments: arguments, tangoHost: tangoHost, eventLoopThreads: eventLoopThreads, poolThreads: poolThreads,
                logger: logger)
            self.objectKeys = objectKeys
            self.gateTimeout = gateTimeout
            self.memory = memory
            self.onReady = onReady
        }

        /// `Name/instance`.
        var serverID: String { "\(self.name)/\(self.arguments.instance)" }
    }
}
