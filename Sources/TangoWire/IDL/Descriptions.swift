import TangoCore

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
