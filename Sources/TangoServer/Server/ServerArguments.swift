import TangoCore

/// The command line of every Tango device server:
/// `instance [-v[n]] [-file=F | -nodb [-dlist list]] [-ORBendPoint giop:tcp:host:port] [-ORBendPointPublish giop:tcp:host:port]`.
public struct ServerArguments: Sendable, Hashable {
    /// Where devices and their properties come from.
    public enum Source: Sendable, Hashable {
        /// The database that `TANGO_HOST` names.
        case database
        /// No database; names of devices with their class, where one is given.
        case none([NamedDevice])
        /// A property file, by its path.
        case file(String)
    }

    /// A device that the command line names.
    public struct NamedDevice: Sendable, Hashable {
        /// `domain/family/member`.
        public var name: String
        /// Class of the device; `nil` is the last class of the server.
        public var deviceClass: String?

        /// Creates a named device.
        public init(name: String, deviceClass: String? = nil) {
            self.name = name
            self.deviceClass = deviceClass
        }
    }

    /// Address to listen at; an empty host is all interfaces, port 0 any free one.
    public struct EndPoint: Sendable, Hashable {
        /// Name or address.
        public var host: String
        /// Port number.
        public var port: Int

        /// Creates an end point.
        public init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// Instance of the server.
    public var instance: String
    /// Where devices and their properties come from.
    public var source = Source.database
    /// Trace level: 0 without `-v`, 4 for a plain one.
    public var verbosity = 0
    /// Address to listen at; `nil` is any free port of all interfaces.
    public var endPoint: EndPoint?
    /// Address that clients get instead of the one bound.
    public var publishedEndPoint: EndPoint?
    /// Whether the start reads each device from the database by itself, instead of the whole server in one request. For servers of many
    /// hundred devices at a C++ database (DataBaseds 5), where the one request takes time with the square of their number and delays other
    /// servers' changes: 0.6 s for 500 devices, 19 s for 5000, against 2 s device by device.
    public var loadsDevicesIndividually = false
    /// Whether only the list of instances is wanted (`-?`).
    public var listsInstances = false

    /// Creates the arguments of a server that is started by code.
    public init(instance: String, source: Source = .database, endPoint: EndPoint? = nil) {
        self.instance = instance
        self.source = source
        self.endPoint = endPoint
    }

    /// The devices that the command line names.
    var namedDevices: [NamedDevice] { if case .none(let devices) = self.source { devices } else { [] } }

    static func usage(_ program: String, file: Bool = true) -> String {
        "usage :  \(program) instance_name [-v[trace level]]\(file ? " [-file=<file_name> | -nodb [-dlist <device name list>] ]" : " [-nodb [-dlist <device name list>] ]")"
    }

    /// Parses the arguments behind the program's name.
    /// - Throws: `ServerStartError` with the texts of cppTango 9.3.4 and status 255.
    public init(parsing arguments: [String], program: String) throws(ServerStartError) {
        func wrong(_ text: String) -> ServerStartError { ServerStartError("\(text)\n\(Self.usage(program))") }
        guard let first = arguments.first else { throw ServerStartError(Self.usage(program)) }
        if ["-?", "-h", "-help"].contains(first), arguments.count == 1 {
            self.instance = ""
            self.listsInstances = true
            return
        }
        guard !first.hasPrefix("-"), !first.isEmpty else { throw ServerStartError(Self.usage(program)) }
        self.instance = first
        guard program.count + first.count + 1 <= 255 else {
            throw ServerStartError("The device server name is too long! Max length is 255 characters")
        }
        var hasNoDatabase = false
        var devices: [NamedDevice] = []
        var file: String?
        var index = 1
        func value(of option: String) throws(ServerStartError) -> String {
            index += 1
            guard index < arguments.count else { throw wrong("Option \(option) needs a value") }
            return arguments[index]
        }
        while index < arguments.count {
            let option = arguments[index]
            if option.hasPrefix("-v"), let level = option == "-v" ? 4 : Int(option.dropFirst(2)), level >= 0 {
                self.verbosity = level
            } else if option == "-nodb" {
                hasNoDatabase = true
            } else if option == "-dlist" {
                guard hasNoDatabase else { throw wrong("The -dlist option is only supported with -nodb") }
                devices = try Self.devices(try value(of: option))
            } else if option.hasPrefix("-file=") {
                file = String(option.dropFirst("-file=".count))
            } else if option == "-ORBendPoint" {
                self.endPoint = try Self.endPoint(try value(of: option))
            } else if option == "-ORBendPointPublish" {
                self.publishedEndPoint = try Self.endPoint(try value(of: option))
            } else if option.hasPrefix("-ORB") {
                // Settings of omniORB that have no meaning here.
                _ = try value(of: option)
            } else if option.hasPrefix("-n") || option.hasPrefix("-f") || (option.hasPrefix("-d") && !option.hasPrefix("-dbg")) {
                throw wrong("Unknown option \(option)")
            }
            index += 1
        }
        if hasNoDatabase || file != nil {
            guard !(hasNoDatabase && file != nil) else { throw ServerStartError(Self.usage(program)) }
            guard self.endPoint != nil else { throw wrong("Missing ORB endPoint specification") }
        }
        if let file { self.source = .file(file) } else if hasNoDatabase { self.source = .none(devices) }
    }

    private static func devices(_ list: String) throws(ServerStartError) -> [NamedDevice] {
        var devices: [NamedDevice] = []
        var seen: Set<String> = []
        for item in list.split(separator: ",") {
            var name = String(item)
            var deviceClass: String?
            if let colons = item.firstIndex(of: ":"), item[colons...].hasPrefix("::") {
                deviceClass = String(item[..<colons])
                name = String(item[item.index(colons, offsetBy: 2)...])
            }
            guard name.split(separator: "/", omittingEmptySubsequences: false).count == 3 else {
                throw ServerStartError(
                    "Device name \(item) does not have the correct syntax (domain/family/member or ClassName::domain/family/member)")
            }
            guard seen.insert(name.tangoFolded).inserted else { throw ServerStartError("Each device must have different name") }
            devices.append(NamedDevice(name: name, deviceClass: deviceClass))
        }
        return devices
    }

    /// Reads `giop:tcp:host:port`; host and port may be empty, an IPv6 address is in brackets.
    static func endPoint(_ text: String) throws(ServerStartError) -> EndPoint {
        let invalid = ServerStartError("Invalid end point \(text) (giop:tcp:<host>:<port>)")
        let prefix = "giop:tcp:"
        guard text.hasPrefix(prefix) else { throw invalid }
        let address = text.dropFirst(prefix.count)
        let (host, rest): (Substring, Substring)
        if address.first == "[" {
            guard let end = address.firstIndex(of: "]") else { throw invalid }
            (host, rest) = (address[address.index(after: address.startIndex)..<end], address[address.index(after: end)...])
            guard !host.isEmpty else { throw invalid }
        } else {
            let colon = address.firstIndex(of: ":") ?? address.endIndex
            (host, rest) = (address[..<colon], address[colon...])
        }
        guard rest.isEmpty || rest.first == ":" else { throw invalid }
        let port = rest.dropFirst()
        guard port.isEmpty || (0...65535).contains(Int(port) ?? -1) else { throw invalid }
        return EndPoint(host: String(host), port: Int(port) ?? 0)
    }
}
