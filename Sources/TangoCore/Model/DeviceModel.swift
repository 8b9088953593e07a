/// Description of a command (IDL `DevCmdInfo_2`).
public struct CommandInfo: Sendable, Hashable {
    public var name: String
    public var level: DisplayLevel
    public var tag: Int32
    /// Number of the argument's Tango type.
    public var inTypeNumber: Int32
    /// Number of the result's Tango type.
    public var outTypeNumber: Int32
    public var inDescription: String
    public var outDescription: String

    public init(
        name: String, level: DisplayLevel = .operator, tag: Int32 = 0, inType: DataType, outType: DataType,
        inDescription: String = "Uninitialised", outDescription: String = "Uninitialised"
    ) {
        self.name = name
        self.level = level
        self.tag = tag
        self.inTypeNumber = inType.rawValue
        self.outTypeNumber = outType.rawValue
        self.inDescription = inDescription
        self.outDescription = outDescription
    }

    /// Type of the argument; `nil` for a number this library does not know.
    public var inType: DataType? { DataType(rawValue: self.inTypeNumber) }
    /// Type of the result; `nil` for a number this library does not know.
    public var outType: DataType? { DataType(rawValue: self.outTypeNumber) }
}

/// A key and a value of `DeviceInfo.versions` (IDL `DevInfoVersion`).
public struct VersionInfo: Sendable, Hashable {
    public var key: String
    public var value: String

    public init(key: String, value: String) {
        self.key = key
        self.value = value
    }
}

/// What `info` answers (IDL `DevInfo` to `DevInfo_6`).
public struct DeviceInfo: Sendable, Hashable {
    public var deviceClass: String
    /// `Server/instance`.
    public var serverID: String
    public var serverHost: String
    /// Interface version of the device (5 or 6 today).
    public var serverVersion: Int32
    public var documentationURL: String
    public var deviceType: String
    /// Versions of the libraries of the server; empty before interface 6.
    public var versions: [VersionInfo]

    public init(
        deviceClass: String, serverID: String, serverHost: String, serverVersion: Int32, documentationURL: String,
        deviceType: String = "Uninitialised", versions: [VersionInfo] = []
    ) {
        self.deviceClass = deviceClass
        self.serverID = serverID
        self.serverHost = serverHost
        self.serverVersion = serverVersion
        self.documentationURL = documentationURL
        self.deviceType = deviceType
        self.versions = versions
    }
}

/// Who calls: identifies lock owners and shows in the black box (IDL `ClntIdent`).
public enum ClientIdentity: Sendable, Hashable {
    /// A C++, Python or Swift client with its process id.
    case cpp(pid: UInt32)
    case java(mainClass: String, uuid: (UInt64, UInt64))
    /// Interface 6: with trace context (W3C `traceparent`, `tracestate`; empty without tracing).
    case cpp6(pid: UInt32, traceParent: String, traceState: String)
    case java6(mainClass: String, uuid: (UInt64, UInt64), traceParent: String, traceState: String)

    public static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.cpp(let a), .cpp(let b)): a == b
        case (.java(let a, let b), .java(let c, let d)): a == c && b == d
        case (.cpp6(let a, let b, let c), .cpp6(let d, let e, let f)): a == d && b == e && c == f
        case (.java6(let a, let b, let c, let d), .java6(let e, let f, let g, let h)): a == e && b == f && c == g && d == h
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .cpp(let pid), .cpp6(let pid, _, _): hasher.combine(pid)
        case .java(let main, let uuid), .java6(let main, let uuid, _, _):
            hasher.combine(main)
            hasher.combine(uuid.0)
            hasher.combine(uuid.1)
        }
    }
}

/// Configuration of a pipe.
public struct PipeConfig: Sendable, Hashable {
    public var name: String
    public var description: String
    public var label: String
    public var level: DisplayLevel
    public var writable: PipeWriteType
    public var extensions: [String]

    public init(
        name: String, description: String = "No description", label: String? = nil, level: DisplayLevel = .operator,
        writable: PipeWriteType = .read, extensions: [String] = []
    ) {
        self.name = name
        self.description = description
        self.label = label ?? name
        self.level = level
        self.writable = writable
        self.extensions = extensions
    }
}

/// One element of a pipe blob: a value, or a blob inside.
public struct PipeElement: Sendable, Hashable {
    public indirect enum Content: Sendable, Hashable {
        /// `isArray` tells an array of one element from a scalar.
        case value(AttributeData, isArray: Bool)
        case blob(PipeBlob)
    }

    public var name: String
    public var content: Content

    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// A named, ordered list of elements (IDL `DevPipeBlob`).
public struct PipeBlob: Sendable, Hashable {
    public var name: String
    public var elements: [PipeElement]

    public init(name: String, elements: [PipeElement]) {
        self.name = name
        self.elements = elements
    }
}

/// A pipe as read or written (IDL `DevPipeData`).
public struct PipeValue: Sendable, Hashable {
    public var name: String
    public var time: Timestamp
    public var blob: PipeBlob

    public init(name: String, time: Timestamp, blob: PipeBlob) {
        self.name = name
        self.time = time
        self.blob = blob
    }
}
