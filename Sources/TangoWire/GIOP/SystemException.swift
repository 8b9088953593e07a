/// A CORBA system exception.
package struct SystemException: Error, Sendable, Hashable {
    /// Name without prefix and version, such as `OBJECT_NOT_EXIST`.
    package var name: String
    package var minorCode: UInt32
    /// Whether the operation was executed: 0 yes, 1 no, 2 maybe.
    package var completed: UInt32

    package init(_ name: String, minorCode: UInt32, completed: UInt32 = 1) {
        self.name = name
        self.minorCode = minorCode
        self.completed = completed
    }

    /// Name with prefix and version, as on the wire.
    package var repositoryID: String { "IDL:omg.org/CORBA/\(self.name):1.0" }

    // The minor codes of omniORB, which cppTango and PyTango use.
    package static let objectNotExist = SystemException("OBJECT_NOT_EXIST", minorCode: 0x4f4d_0001)
    package static let badOperation = SystemException("BAD_OPERATION", minorCode: 0x4154_0026)
    package static let noInterfaceRepository = SystemException("INTF_REPOS", minorCode: 0x4154_0027)
    package static let unknownAddressing = SystemException("UNKNOWN", minorCode: 0x4f4d_0001)
    package static let unknownUserException = SystemException("UNKNOWN", minorCode: 0x4154_0001)
    package static let noResources = SystemException("NO_RESOURCES", minorCode: 0x4154_0001)
    package static func marshal(_ error: CDRError) -> SystemException { SystemException("MARSHAL", minorCode: error.minorCode) }
    package static func implementationLimit(_ minorCode: UInt32) -> SystemException { SystemException("IMP_LIMIT", minorCode: minorCode) }

    package init(_ reader: inout CDRReader) throws(CDRError) {
        let id = try reader.string()
        let prefix = "IDL:omg.org/CORBA/"
        self.name = id.hasPrefix(prefix) && id.hasSuffix(":1.0") ? String(id.dropFirst(prefix.count).dropLast(4)) : id
        self.minorCode = try reader.uint32()
        self.completed = try reader.uint32()
    }

    package func encode(to writer: inout CDRWriter) {
        writer.string(self.repositoryID)
        writer.uint32(self.minorCode)
        writer.uint32(self.completed)
    }
}
