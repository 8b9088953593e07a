import TangoCore

@testable import TangoWire

// Random values of everything that travels.

extension SeededRandom {
    mutating func encoded() -> DevEncoded { DevEncoded(format: self.text(), data: self.list { $0.integer() }) }

    mutating func commandData(_ type: DataType? = nil) -> CommandData {
        switch type ?? self.pick() {
        case .void, .int, .pipeBlob: .void
        case .boolean: .boolean(self.chance(0.5))
        case .short, .enum: .short(self.integer())
        case .long: .long(self.integer())
        case .long64: .long64(self.integer())
        case .float: .float(self.float())
        case .double: .double(self.double())
        case .uchar: .uchar(self.integer())
        case .ushort: .ushort(self.integer())
        case .ulong: .ulong(self.integer())
        case .ulong64: .ulong64(self.integer())
        case .string, .constString: .string(self.text())
        case .state: .state(self.pick())
        case .encoded: .encoded(self.encoded())
        case .booleanArray: .booleanArray(self.list { $0.chance(0.5) })
        case .charArray: .charArray(self.list { $0.integer() })
        case .shortArray: .shortArray(self.list { $0.integer() })
        case .longArray: .longArray(self.list { $0.integer() })
        case .long64Array: .long64Array(self.list { $0.integer() })
        case .floatArray: .floatArray(self.list { $0.float() })
        case .doubleArray: .doubleArray(self.list { $0.double() })
        case .ushortArray: .ushortArray(self.list { $0.integer() })
        case .ulongArray: .ulongArray(self.list { $0.integer() })
        case .ulong64Array: .ulong64Array(self.list { $0.integer() })
        case .stringArray: .stringArray(self.texts())
        case .stateArray: .stateArray(self.list { $0.pick() })
        case .encodedArray: .encodedArray(self.list { $0.encoded() })
        case .longStringArray: .longStringArray(LongStringArray(longs: self.list { $0.integer() }, strings: self.texts()))
        case .doubleStringArray: .doubleStringArray(DoubleStringArray(doubles: self.list { $0.double() }, strings: self.texts()))
        }
    }

    /// Types an attribute may have, without DevEnum, which travels as a short.
    static let attributeTypes = DataType.allCases.filter { $0.isAttributeType && $0 != .enum }

    mutating func attributeType() -> DataType { Self.attributeTypes[self.count(0...Self.attributeTypes.count - 1)] }

    /// That many elements.
    mutating func elements(_ type: DataType, _ count: Int) -> AttributeData {
        let all = 0..<count
        return switch type {
        case .boolean: .boolean(all.map { _ in self.chance(0.5) })
        case .short: .short(all.map { _ in self.integer() })
        case .long: .long(all.map { _ in self.integer() })
        case .long64: .long64(all.map { _ in self.integer() })
        case .float: .float(all.map { _ in self.float() })
        case .double: .double(all.map { _ in self.double() })
        case .uchar: .uchar(all.map { _ in self.integer() })
        case .ushort: .ushort(all.map { _ in self.integer() })
        case .ulong: .ulong(all.map { _ in self.integer() })
        case .ulong64: .ulong64(all.map { _ in self.integer() })
        case .string: .string(all.map { _ in self.text() })
        case .state: .state(all.map { _ in self.pick() })
        default: .encoded(all.map { _ in self.encoded() })
        }
    }

    mutating func attributeData() -> AttributeData {
        if self.chance(0.05) { return .none }
        if self.chance(0.05) { return .deviceState(self.pick()) }
        return self.elements(self.attributeType(), self.count(0...6))
    }

    mutating func time() -> Timestamp {
        Timestamp(seconds: self.integer(), microseconds: self.integer(), nanoseconds: self.integer())
    }

    mutating func dimension() -> AttributeDimension { AttributeDimension(x: self.integer(), y: self.integer()) }

    mutating func error() -> DevError {
        DevError(ErrorReason(rawValue: self.text()), self.text(), origin: self.text(), severity: self.pick())
    }

    /// What survives a trip in that version; the rest has the values a decoder fills in.
    mutating func attributeValue(version: Int) -> AttributeValue {
        let data = self.attributeData()
        var value = AttributeValue(
            name: self.text(), data: data, quality: self.pick(), format: .unknown, type: data.elementType, time: self.time(),
            readDimension: self.dimension())
        if version >= 4 { value.format = self.pick() }
        if version >= 5 { value.type = self.pick() }
        if version >= 3 {
            value.writeDimension = self.dimension()
            value.errors = self.list { $0.error() }
        }
        return value
    }

    mutating func attributeConfig(version: Int) -> AttributeConfig {
        var config = AttributeConfig(
            name: self.text(), writable: self.pick(), format: self.pick(), typeNumber: self.integer(), maxDimX: self.integer(),
            maxDimY: self.integer(), description: self.text(), label: self.text(), unit: self.text(), standardUnit: self.text(),
            displayUnit: self.text(), displayFormat: self.text(), minValue: self.text(), maxValue: self.text(),
            writableAttributeName: self.text(), extensions: self.texts())
        config.alarm.minAlarm = self.text()
        config.alarm.maxAlarm = self.text()
        if version >= 2 { config.level = self.pick() }
        if version >= 3 {
            config.alarm.minWarning = self.text()
            config.alarm.maxWarning = self.text()
            config.alarm.deltaTime = self.text()
            config.alarm.deltaValue = self.text()
            config.alarm.extensions = self.texts()
            config.events.relativeChange = self.text()
            config.events.absoluteChange = self.text()
            config.events.changeExtensions = self.texts()
            config.events.period = self.text()
            config.events.periodExtensions = self.texts()
            config.events.archiveRelativeChange = self.text()
            config.events.archiveAbsoluteChange = self.text()
            config.events.archivePeriod = self.text()
            config.events.archiveExtensions = self.texts()
            config.systemExtensions = self.texts()
        }
        if version >= 5 {
            config.isMemorized = self.chance(0.5)
            config.isMemorizedWriteAtInit = self.chance(0.5)
            config.rootAttributeName = self.text()
            config.enumLabels = self.texts()
        }
        return config
    }

    mutating func commandInfo(version: Int) -> CommandInfo {
        var info = CommandInfo(
            name: self.text(), tag: self.integer(), inType: self.pick(), outType: self.pick(), inDescription: self.text(),
            outDescription: self.text())
        if version >= 2 { info.level = self.pick() }
        return info
    }

    mutating func deviceInfo(version: Int) -> DeviceInfo {
        var info = DeviceInfo(
            deviceClass: self.text(), serverID: self.text(), serverHost: self.text(), serverVersion: self.integer(),
            documentationURL: self.text())
        if version >= 3 { info.deviceType = self.text() }
        if version >= 6 { info.versions = self.list { VersionInfo(key: $0.text(), value: $0.text()) } }
        return info
    }

    mutating func identity() -> ClientIdentity {
        switch self.count(0...3) {
        case 0: .cpp(pid: self.integer())
        case 1: .java(mainClass: self.text(), uuid: (self.integer(), self.integer()))
        case 2: .cpp6(pid: self.integer(), traceParent: self.text(), traceState: self.text())
        default:
            .java6(
                mainClass: self.text(), uuid: (self.integer(), self.integer()), traceParent: self.text(), traceState: self.text())
        }
    }

    mutating func pipeConfig() -> PipeConfig {
        PipeConfig(
            name: self.text(), description: self.text(), label: self.text(), level: self.pick(), writable: self.pick(),
            extensions: self.texts())
    }

    mutating func pipeValue(depth: Int = 3) -> PipeValue {
        PipeValue(name: self.text(), time: self.time(), blob: self.pipeBlob(depth: depth))
    }

    mutating func pipeBlob(depth: Int) -> PipeBlob {
        PipeBlob(
            name: self.text(),
            elements: self.list(0...4) { random in
                if depth > 0, random.chance(0.3) {
                    return PipeElement(name: random.text(), content: .blob(random.pipeBlob(depth: depth - 1)))
                }
                let isArray = random.chance(0.5)
                let data = random.elements(random.attributeType(), isArray ? random.count(0...5) : 1)
                return PipeElement(name: random.text(), content: .value(data, isArray: isArray))
            })
    }

    mutating func reference() -> IOR {
        IOR(
            typeID: self.text(),
            profiles: self.list(0...3) { random in
                guard random.chance(0.7) else { return .other(tag: random.integer(1...UInt32.max), data: random.list { $0.integer() }) }
                let version = [GIOPVersion.v1_0, .v1_1, .v1_2][random.count(0...2)]
                let components = random.list(0...3) { random in
                    IIOPProfile.TaggedComponent(tag: random.integer(), data: random.list { $0.integer() })
                }
                return .iiop(
                    IIOPProfile(
                        version: version, host: random.text(), port: random.integer(), objectKey: random.text(),
                        components: version == .v1_0 ? [] : components))
            })
    }

    mutating func integer(_ range: ClosedRange<UInt32>) -> UInt32 { UInt32.random(in: range, using: &self) }
}
