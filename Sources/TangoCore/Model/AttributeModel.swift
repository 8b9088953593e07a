/// Size of an attribute value: `y` is 0 unless it is an image.
public struct AttributeDimension: Sendable, Hashable {
    public var x: Int32
    public var y: Int32

    public init(x: Int32, y: Int32 = 0) {
        self.x = x
        self.y = y
    }

    public static let zero = AttributeDimension(x: 0, y: 0)
    public static let scalar = AttributeDimension(x: 1, y: 0)

    /// Number of elements: `x`, or `x`·`y` for an image. Zero for negative sizes.
    public var elementCount: Int {
        if self.y == 0 { return max(0, Int(self.x)) }
        return max(0, Int(self.x)) * max(0, Int(self.y))
    }
}

/// One attribute as read, whatever the interface version it travels in.
///
/// `data` holds the read part (`readDimension`), then the set part (`writeDimension`). A failed read has `errors`, quality
/// invalid and no data; its name is as asked.
public struct AttributeValue: Sendable, Hashable {
    public var name: String
    public var data: AttributeData
    public var quality: AttributeQuality
    public var format: AttributeFormat
    /// `nil` when the peer's interface is too old to tell and the data do not show it.
    public var type: DataType?
    public var time: Timestamp
    public var readDimension: AttributeDimension
    public var writeDimension: AttributeDimension
    public var errors: [DevError]

    public init(
        name: String, data: AttributeData, quality: AttributeQuality = .valid, format: AttributeFormat, type: DataType?, time: Timestamp,
        readDimension: AttributeDimension, writeDimension: AttributeDimension = .zero, errors: [DevError] = []
    ) {
        self.name = name
        self.data = data
        self.quality = quality
        self.format = format
        self.type = type
        self.time = time
        self.readDimension = readDimension
        self.writeDimension = writeDimension
        self.errors = errors
    }

    /// A failed read.
    public init(name: String, failure: DevFailed, format: AttributeFormat = .unknown, type: DataType? = nil, time: Timestamp) {
        self.init(
            name: name, data: .none, quality: .invalid, format: format, type: type, time: time, readDimension: .zero, errors: failure.errors
        )
    }

    /// The failure, if the read failed.
    public var failure: DevFailed? { self.errors.isEmpty ? nil : DevFailed(errors: self.errors) }

    /// The elements read, without the set part.
    public var readData: AttributeData {
        self.data.slice(0..<self.readDimension.elementCount)
    }

    /// The set part of a writable attribute; `nil` when the value has none.
    ///
    /// A `WRITE` attribute travels with one copy only: its read part is the set part (measured rule).
    public var setData: AttributeData? {
        let written = self.writeDimension.elementCount
        guard written > 0 else { return nil }
        let read = self.readDimension.elementCount
        return self.data.count >= read + written ? self.data.slice(read..<(read + written)) : self.data.slice(0..<written)
    }
}

/// What a client writes to one attribute.
public struct AttributeWrite: Sendable, Hashable {
    public var name: String
    public var data: AttributeData
    public var dimension: AttributeDimension

    public init(name: String, data: AttributeData, dimension: AttributeDimension) {
        self.name = name
        self.data = data
        self.dimension = dimension
    }

    /// A scalar or spectrum: x is the number of elements.
    public init(name: String, data: AttributeData) {
        self.init(name: name, data: data, dimension: AttributeDimension(x: Int32(clamping: data.count)))
    }
}

/// Alarm settings of an attribute, texts as configured (IDL `AttributeAlarm`).
public struct AttributeAlarm: Sendable, Hashable {
    public var minAlarm = "Not specified"
    public var maxAlarm = "Not specified"
    public var minWarning = "Not specified"
    public var maxWarning = "Not specified"
    public var deltaTime = "Not specified"
    public var deltaValue = "Not specified"
    public var extensions: [String] = []

    public init() {}
}

/// Event settings of an attribute, texts as configured (IDL `EventProperties`).
public struct EventProperties: Sendable, Hashable {
    public var relativeChange = "Not specified"
    public var absoluteChange = "Not specified"
    public var changeExtensions: [String] = []
    public var period = "1000"
    public var periodExtensions: [String] = []
    public var archiveRelativeChange = "Not specified"
    public var archiveAbsoluteChange = "Not specified"
    public var archivePeriod = "Not specified"
    public var archiveExtensions: [String] = []

    public init() {}
}

/// Configuration of an attribute, whatever the interface version it travels in; texts as configured.
public struct AttributeConfig: Sendable, Hashable {
    public var name: String
    public var writable: AttributeWriteType
    public var format: AttributeFormat
    /// Number of the Tango type; see `type`.
    public var typeNumber: Int32
    public var isMemorized = false
    /// Whether the memorized value is written to the device at start-up. Meaningless unless `isMemorized`.
    public var isMemorizedWriteAtInit = false
    public var maxDimX: Int32
    public var maxDimY: Int32
    public var description: String
    public var label: String
    public var unit: String
    public var standardUnit: String
    public var displayUnit: String
    public var displayFormat: String
    public var minValue: String
    public var maxValue: String
    public var writableAttributeName: String
    public var level: DisplayLevel
    public var rootAttributeName: String
    public var enumLabels: [String]
    public var alarm: AttributeAlarm
    public var events: EventProperties
    public var extensions: [String]
    public var systemExtensions: [String]

    public init(
        name: String, writable: AttributeWriteType, format: AttributeFormat, typeNumber: Int32, isMemorized: Bool = false,
        isMemorizedWriteAtInit: Bool = false, maxDimX: Int32 = 1, maxDimY: Int32 = 0, description: String = "No description",
        label: String? = nil, unit: String = "", standardUnit: String = "No standard unit", displayUnit: String = "No display unit",
        displayFormat: String = "Not specified", minValue: String = "Not specified", maxValue: String = "Not specified",
        writableAttributeName: String = "None", level: DisplayLevel = .operator, rootAttributeName: String = "Not specified",
        enumLabels: [String] = [], alarm: AttributeAlarm = AttributeAlarm(), events: EventProperties = EventProperties(),
        extensions: [String] = [], systemExtensions: [String] = []
    ) {
        self.name = name
        self.writable = writable
        self.format = format
        self.typeNumber = typeNumber
        self.isMemorized = isMemorized
        self.isMemorizedWriteAtInit = isMemorizedWriteAtInit
        self.maxDimX = maxDimX
        self.maxDimY = maxDimY
        self.description = description
        self.label = label ?? name
        self.unit = unit
        self.standardUnit = standardUnit
        self.displayUnit = displayUnit
        self.displayFormat = displayFormat
        self.minValue = minValue
        self.maxValue = maxValue
        self.writableAttributeName = writableAttributeName
        self.level = level
        self.rootAttributeName = rootAttributeName
        self.enumLabels = enumLabels
        self.alarm = alarm
        self.events = events
        self.extensions = extensions
        self.systemExtensions = systemExtensions
    }

    /// The Tango type; `nil` for a number this library does not know.
    public var type: DataType? { DataType(rawValue: self.typeNumber) }
}

/// Past values of an attribute, oldest first.
public struct AttributeHistory: Sendable, Hashable {
    public var name: String
    public var values: [AttributeValue]

    public init(name: String, values: [AttributeValue]) {
        self.name = name
        self.values = values
    }
}

/// One past result of a command.
public struct CommandHistoryRecord: Sendable, Hashable {
    public var time: Timestamp
    public var result: CommandData
    public var errors: [DevError]

    public init(time: Timestamp, result: CommandData, errors: [DevError] = []) {
        self.time = time
        self.result = result
        self.errors = errors
    }
}
