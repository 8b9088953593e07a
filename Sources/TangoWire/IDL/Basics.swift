import TangoCore

extension Timestamp {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(seconds: try reader.int32(), microseconds: try reader.int32(), nanoseconds: try reader.int32())
    }

    func encode(to writer: inout CDRWriter) {
        writer.int32(self.seconds)
        writer.int32(self.microseconds)
        writer.int32(self.nanoseconds)
    }
}

extension AttributeDimension {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(x: try reader.int32(), y: try reader.int32())
    }

    func encode(to writer: inout CDRWriter) {
        writer.int32(self.x)
        writer.int32(self.y)
    }
}

extension DevError {
    static let minimumSize = 19

    init(_ reader: inout CDRReader) throws(CDRError) {
        let reason = ErrorReason(rawValue: try reader.string())
        let severity: ErrorSeverity = try reader.enumeration()
        let description = try reader.string()
        self.init(reason, description, origin: try reader.string(), severity: severity)
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.reason.rawValue)
        writer.enumeration(self.severity)
        writer.string(self.description)
        writer.string(self.origin)
    }

    static func decodeList(_ reader: inout CDRReader) throws(CDRError) -> [DevError] {
        try reader.sequence(minimumSize: Self.minimumSize) { (reader) throws(CDRError) in try DevError(&reader) }
    }

    static func encodeList(_ errors: [DevError], to writer: inout CDRWriter) {
        writer.sequence(errors) { $0.encode(to: &$1) }
    }
}

extension NamedDevError {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init(name: try reader.string(), index: try reader.int32(), errors: try DevError.decodeList(&reader))
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.name)
        writer.int32(self.index)
        DevError.encodeList(self.errors, to: &writer)
    }
}

extension ClientIdentity {
    /// Reads any of the four forms; the last two exist since interface 6.
    init(_ reader: inout CDRReader) throws(CDRError) {
        switch try reader.uint32() {
        case 0: self = .cpp(pid: try reader.uint32())
        case 1: self = .java(mainClass: try reader.string(), uuid: (try reader.uint64(), try reader.uint64()))
        case 2:
            let pid = try reader.uint32()
            let trace = try Self.trace(&reader)
            self = .cpp6(pid: pid, traceParent: trace.0, traceState: trace.1)
        case 3:
            let main = try reader.string()
            let uuid = (try reader.uint64(), try reader.uint64())
            let trace = try Self.trace(&reader)
            self = .java6(mainClass: main, uuid: uuid, traceParent: trace.0, traceState: trace.1)
        default: throw .badValue
        }
    }

    private static func trace(_ reader: inout CDRReader) throws(CDRError) -> (String, String) {
        guard try reader.uint32() == 0 else { throw .badValue }
        return (try reader.string(), try reader.string())
    }

    func encode(to writer: inout CDRWriter) {
        func java(_ mainClass: String, _ uuid: (UInt64, UInt64), _ writer: inout CDRWriter) {
            writer.string(mainClass)
            writer.uint64(uuid.0)
            writer.uint64(uuid.1)
        }
        func trace(_ parent: String, _ state: String, _ writer: inout CDRWriter) {
            writer.uint32(0)
            writer.string(parent)
            writer.string(state)
        }
        switch self {
        case .cpp(let pid):
            writer.uint32(0)
            writer.uint32(pid)
        case .java(let mainClass, let uuid):
            writer.uint32(1)
            java(mainClass, uuid, &writer)
        case .cpp6(let pid, let parent, let state):
            writer.uint32(2)
            writer.uint32(pid)
            trace(parent, state, &writer)
        case .java6(let mainClass, let uuid, let parent, let state):
            writer.uint32(3)
            java(mainClass, uuid, &writer)
            trace(parent, state, &writer)
        }
    }
}

extension CommandInfo {
    /// Reads a DevCmdInfo (version 1) or DevCmdInfo_2.
    init(_ reader: inout CDRReader, version: Int) throws(CDRError) {
        self.init(name: try reader.string(), inType: .void, outType: .void)
        if version >= 2 { self.level = try reader.enumeration() }
        self.tag = try reader.int32()
        self.inTypeNumber = try reader.int32()
        self.outTypeNumber = try reader.int32()
        self.inDescription = try reader.string()
        self.outDescription = try reader.string()
    }

    func encode(to writer: inout CDRWriter, version: Int) {
        writer.string(self.name)
        if version >= 2 { writer.enumeration(self.level) }
        writer.int32(self.tag)
        writer.int32(self.inTypeNumber)
        writer.int32(self.outTypeNumber)
        writer.string(self.inDescription)
        writer.string(self.outDescription)
    }
}

extension DeviceInfo {
    /// Reads a DevInfo (version 1), DevInfo_3 or DevInfo_6.
    init(_ reader: inout CDRReader, version: Int) throws(CDRError) {
        self.init(
            deviceClass: try reader.string(), serverID: try reader.string(), serverHost: try reader.string(),
            serverVersion: try reader.int32(), documentationURL: try reader.string(), deviceType: "Uninitialised")
        if version >= 3 { self.deviceType = try reader.string() }
        if version >= 6 {
            self.versions = try reader.sequence(minimumSize: 10) { (reader) throws(CDRError) in
                VersionInfo(key: try reader.string(), value: try reader.string())
            }
        }
    }

    func encode(to writer: inout CDRWriter, version: Int) {
        writer.string(self.deviceClass)
        writer.string(self.serverID)
        writer.string(self.serverHost)
        writer.int32(self.serverVersion)
        writer.string(self.documentationURL)
        if version >= 3 { writer.string(self.deviceType) }
        if version >= 6 {
            writer.sequence(self.versions) { entry, writer in
                writer.string(entry.key)
                writer.string(entry.value)
            }
        }
    }
}
