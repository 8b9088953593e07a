import TangoCore

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
