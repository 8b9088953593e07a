import TangoCore

extension AttributeConfig {
    /// Reads an AttributeConfig (version 1), _2, _3 (versions 3 and 4) or _5.
    init(_ reader: inout CDRReader, version: Int) throws(CDRError) {
        self.init(
            name: try reader.string(), writable: try reader.enumeration(), format: try reader.enumeration(),
            typeNumber: try reader.int32())
        if version >= 5 {
            self.isMemorized = try reader.boolean()
            self.isMemorizedWriteAtInit = try reader.boolean()
        }
        self.maxDimX = try reader.int32()
        self.maxDimY = try reader.int32()
        self.description = try reader.string()
        self.label = try reader.string()
        self.unit = try reader.string()
        self.standardUnit = try reader.string()
        self.displayUnit = try reader.string()
        self.displayFormat = try reader.string()
        self.minValue = try reader.string()
        self.maxValue = try reader.string()
        if version <= 2 {
            self.alarm.minAlarm = try reader.string()
            self.alarm.maxAlarm = try reader.string()
        }
        self.writableAttributeName = try reader.string()
        if version >= 2 { self.level = try reader.enumeration() }
        if version >= 5 {
            self.rootAttributeName = try reader.string()
            self.enumLabels = try reader.strings()
        }
        if version >= 3 {
            self.alarm = try AttributeAlarm(&reader)
            self.events = try EventProperties(&reader)
        }
        self.extensions = try reader.strings()
        if version >= 3 { self.systemExtensions = try reader.strings() }
    }

    func encode(to writer: inout CDRWriter, version: Int) {
        writer.string(self.name)
        writer.enumeration(self.writable)
        writer.enumeration(self.format)
        writer.int32(self.typeNumber)
        if version >= 5 {
            writer.boolean(self.isMemorized)
            writer.boolean(self.isMemorizedWriteAtInit)
        }
        writer.int32(self.maxDimX)
        writer.int32(self.maxDimY)
        for text in [
            self.description, self.label, self.unit, self.standardUnit, self.displayUnit, self.displayFormat, self.minValue, self.maxValue,
        ] {
            writer.string(text)
        }
        if version <= 2 {
            writer.string(self.alarm.minAlarm)
            writer.string(self.alarm.maxAlarm)
        }
        writer.string(self.writableAttributeName)
        if version >= 2 { writer.enumeration(self.level) }
        if version >= 5 {
            writer.string(self.rootAttributeName)
            writer.strings(self.enumLabels)
        }
        if version >= 3 {
            self.alarm.encode(to: &writer)
            self.events.encode(to: &writer)
        }
        writer.strings(self.extensions)
        if version >= 3 { writer.strings(self.systemExtensions) }
    }

    static func decodeList(_ reader: inout CDRReader, version: Int) throws(CDRError) -> [AttributeConfig] {
        try reader.sequence(minimumSize: 60) { (reader) throws(CDRError) in try AttributeConfig(&reader, version: version) }
    }

    static func encodeList(_ configs: [AttributeConfig], to writer: inout CDRWriter, version: Int) {
        writer.sequence(configs) { $0.encode(to: &$1, version: version) }
    }
}

extension AttributeAlarm {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init()
        self.minAlarm = try reader.string()
        self.maxAlarm = try reader.string()
        self.minWarning = try reader.string()
        self.maxWarning = try reader.string()
        self.deltaTime = try reader.string()
        self.deltaValue = try reader.string()
        self.extensions = try reader.strings()
    }

    func encode(to writer: inout CDRWriter) {
        for text in [self.minAlarm, self.maxAlarm, self.minWarning, self.maxWarning, self.deltaTime, self.deltaValue] {
            writer.string(text)
        }
        writer.strings(self.extensions)
    }
}

extension EventProperties {
    init(_ reader: inout CDRReader) throws(CDRError) {
        self.init()
        self.relativeChange = try reader.string()
        self.absoluteChange = try reader.string()
        self.changeExtensions = try reader.strings()
        self.period = try reader.string()
        self.periodExtensions = try reader.strings()
        self.archiveRelativeChange = try reader.string()
        self.archiveAbsoluteChange = try reader.string()
        self.archivePeriod = try reader.string()
        self.archiveExtensions = try reader.strings()
    }

    func encode(to writer: inout CDRWriter) {
        writer.string(self.relativeChange)
        writer.string(self.absoluteChange)
        writer.strings(self.changeExtensions)
        writer.string(self.period)
        writer.strings(self.periodExtensions)
        writer.string(self.archiveRelativeChange)
        writer.string(self.archiveAbsoluteChange)
        writer.string(self.archivePeriod)
        writer.strings(self.archiveExtensions)
    }
}
