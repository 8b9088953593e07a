import TangoCore

/// What a handler of an attribute, command or pipe is told: the device it works on, and the name, since one handler may serve many.
///
/// Valid during the call only, which holds the device's gate: no other request runs on the device, not even while the handler awaits.
public struct MemberCall {
    /// The user's object.
    public let device: any Device
    public let context: DeviceContext
    /// Name of the attribute, command or pipe as declared.
    public let name: String
    /// Who calls; only for commands of classes that ask for it (`DeviceClass.tellsCaller`).
    package var caller: Caller?

    public init(device: any Device, context: DeviceContext, name: String) {
        self.device = device
        self.context = context
        self.name = name
    }
}

/// What a read handler answers.
public struct AttributeReading: Sendable {
    public var data: AttributeData
    public var dimension: AttributeDimension
    public var quality: AttributeQuality
    /// Time of the value; `nil` is the time of the read.
    public var time: Timestamp?

    public init(_ data: AttributeData, dimension: AttributeDimension, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.data = data
        self.dimension = dimension
        self.quality = quality
        self.time = time
    }

    /// A scalar or spectrum: x is the number of elements.
    public init(_ data: AttributeData, quality: AttributeQuality = .valid, time: Timestamp? = nil) {
        self.init(data, dimension: AttributeDimension(x: Int32(clamping: data.count)), quality: quality, time: time)
    }

    /// No value, quality `ATTR_INVALID`.
    public static var invalid: AttributeReading { AttributeReading(.none, dimension: .zero, quality: .invalid) }
}

/// How an attribute is read. Answering `nil` fails the read with `API_AttrValueNotSet`.
public enum AttributeReader: Sendable {
    case sync(@Sendable (MemberCall) throws -> AttributeReading?)
    case async(@Sendable (MemberCall) async throws -> AttributeReading?)
}

/// How an attribute is written; the value has passed all checks (type, dimensions, limits).
public enum AttributeWriter: Sendable {
    case sync(@Sendable (MemberCall, AttributeWrite) throws -> Void)
    case async(@Sendable (MemberCall, AttributeWrite) async throws -> Void)
}

/// How a command is executed; the argument has the declared type.
public enum CommandHandler: Sendable {
    case sync(@Sendable (MemberCall, CommandData) throws -> CommandData)
    case async(@Sendable (MemberCall, CommandData) async throws -> CommandData)
}

/// How a pipe is read.
public enum PipeReader: Sendable {
    case sync(@Sendable (MemberCall) throws -> PipeBlob)
    case async(@Sendable (MemberCall) async throws -> PipeBlob)
}

/// How a pipe is written.
public enum PipeWriter: Sendable {
    case sync(@Sendable (MemberCall, PipeBlob) throws -> Void)
    case async(@Sendable (MemberCall, PipeBlob) async throws -> Void)
}

/// What is asked of an `isAllowed` check.
public enum AccessKind: Sendable, Hashable {
    case read
    case write
    case execute
}

/// Decides whether a member may be used now; refusals become `API_AttrNotAllowed`, `API_CommandNotAllowed`, `API_PipeNotAllowed`.
public typealias AccessCheck = @Sendable (MemberCall, AccessKind) -> Bool

/// Whether a set value outlives the server.
public enum Memorization: Sendable, Hashable {
    case none
    /// Kept in the database, shown as the set value after a start.
    case memorized
    /// Also written to the device after a start.
    case memorizedWriteAtInit
}

/// Properties of an attribute given by the class's code ("user defaults"), as texts; `nil` is the library's default.
public struct AttributeProperties: Sendable, Hashable {
    /// Only what is given: thousands of attributes have none.
    var texts: [AttributeSetting: String] = [:]

    public init(
        description: String? = nil, label: String? = nil, unit: String? = nil, standardUnit: String? = nil, displayUnit: String? = nil,
        displayFormat: String? = nil, minValue: String? = nil, maxValue: String? = nil, minAlarm: String? = nil, maxAlarm: String? = nil,
        minWarning: String? = nil, maxWarning: String? = nil, deltaTime: String? = nil, deltaValue: String? = nil,
        absoluteChange: String? = nil, relativeChange: String? = nil, eventPeriod: String? = nil, archiveAbsoluteChange: String? = nil,
        archiveRelativeChange: String? = nil, archivePeriod: String? = nil
    ) {
        self.description = description
        self.label = label
        self.unit = unit
        self.standardUnit = standardUnit
        self.displayUnit = displayUnit
        self.displayFormat = displayFormat
        self.minValue = minValue
        self.maxValue = maxValue
        self.minAlarm = minAlarm
        self.maxAlarm = maxAlarm
        self.minWarning = minWarning
        self.maxWarning = maxWarning
        self.deltaTime = deltaTime
        self.deltaValue = deltaValue
        self.absoluteChange = absoluteChange
        self.relativeChange = relativeChange
        self.eventPeriod = eventPeriod
        self.archiveAbsoluteChange = archiveAbsoluteChange
        self.archiveRelativeChange = archiveRelativeChange
        self.archivePeriod = archivePeriod
    }

    /// Text shown to people.
    public var description: String? {
        get { self.texts[.description] }
        set { self.texts[.description] = newValue }
    }

    /// Name shown to people.
    public var label: String? {
        get { self.texts[.label] }
        set { self.texts[.label] = newValue }
    }

    /// Unit of the value.
    public var unit: String? {
        get { self.texts[.unit] }
        set { self.texts[.unit] = newValue }
    }

    /// Factor to the SI unit.
    public var standardUnit: String? {
        get { self.texts[.standardUnit] }
        set { self.texts[.standardUnit] = newValue }
    }

    /// Factor to the unit shown.
    public var displayUnit: String? {
        get { self.texts[.displayUnit] }
        set { self.texts[.displayUnit] = newValue }
    }

    /// How the value is printed, as `%6.2f`.
    public var displayFormat: String? {
        get { self.texts[.displayFormat] }
        set { self.texts[.displayFormat] = newValue }
    }

    /// Smallest value that may be written.
    public var minValue: String? {
        get { self.texts[.minValue] }
        set { self.texts[.minValue] = newValue }
    }

    /// Largest value that may be written.
    public var maxValue: String? {
        get { self.texts[.maxValue] }
        set { self.texts[.maxValue] = newValue }
    }

    /// Quality ALARM at or below.
    public var minAlarm: String? {
        get { self.texts[.minAlarm] }
        set { self.texts[.minAlarm] = newValue }
    }

    /// Quality ALARM at or above.
    public var maxAlarm: String? {
        get { self.texts[.maxAlarm] }
        set { self.texts[.maxAlarm] = newValue }
    }

    /// Quality WARNING at or below.
    public var minWarning: String? {
        get { self.texts[.minWarning] }
        set { self.texts[.minWarning] = newValue }
    }

    /// Quality WARNING at or above.
    public var maxWarning: String? {
        get { self.texts[.maxWarning] }
        set { self.texts[.maxWarning] = newValue }
    }

    /// Milliseconds after a write from which the value read is compared with the set value.
    public var deltaTime: String? {
        get { self.texts[.deltaTime] }
        set { self.texts[.deltaTime] = newValue }
    }

    /// Difference to the set value from which on the quality is ALARM.
    public var deltaValue: String? {
        get { self.texts[.deltaValue] }
        set { self.texts[.deltaValue] = newValue }
    }

    /// Change that is worth an event: one number, or two for down and up.
    public var absoluteChange: String? {
        get { self.texts[.absoluteChange] }
        set { self.texts[.absoluteChange] = newValue }
    }

    /// The same in percent.
    public var relativeChange: String? {
        get { self.texts[.relativeChange] }
        set { self.texts[.relativeChange] = newValue }
    }

    /// Milliseconds between periodic events.
    public var eventPeriod: String? {
        get { self.texts[.eventPeriod] }
        set { self.texts[.eventPeriod] = newValue }
    }

    /// Change that is worth an archive event.
    public var archiveAbsoluteChange: String? {
        get { self.texts[.archiveAbsoluteChange] }
        set { self.texts[.archiveAbsoluteChange] = newValue }
    }

    /// The same in percent.
    public var archiveRelativeChange: String? {
        get { self.texts[.archiveRelativeChange] }
        set { self.texts[.archiveRelativeChange] = newValue }
    }

    /// Milliseconds after which an archive event is sent anyway.
    public var archivePeriod: String? {
        get { self.texts[.archivePeriod] }
        set { self.texts[.archivePeriod] = newValue }
    }
}

/// An attribute as the kernel knows it: the only form, for static declarations and run-time additions alike (RFC-15).
public struct AttributeDefinition: Sendable {
    public var name: String
    public var type: DataType
    public var format: AttributeFormat
    public var access: AttributeWriteType
    public var maxDimX: Int32
    public var maxDimY: Int32
    public var level: DisplayLevel
    /// Of a `READ_WITH_WRITE` attribute: the `WRITE` attribute whose set value it shows.
    public var writeAttributeName: String?
    public var memorization: Memorization
    /// Polled from the start with this period (zero: externally triggered), unless an operator stopped that; `nil` is not polled.
    public var pollingPeriod: Duration?
    /// Labels of a DevEnum, at least one.
    public var enumLabels: [String]
    public var properties: AttributeProperties
    public var reader: AttributeReader?
    public var writer: AttributeWriter?
    public var isAllowed: AccessCheck?
    /// Of a forwarded attribute, which takes everything but its name and label from its root.
    public internal(set) var forwarding: Forwarding?

    public init(
        name: String, type: DataType, format: AttributeFormat = .scalar, access: AttributeWriteType = .read, maxDimX: Int32 = 1,
        maxDimY: Int32 = 0, level: DisplayLevel = .operator, writeAttributeName: String? = nil, memorization: Memorization = .none,
        enumLabels: [String] = [], properties: AttributeProperties = AttributeProperties(), reader: AttributeReader? = nil,
        writer: AttributeWriter? = nil, isAllowed: AccessCheck? = nil, pollingPeriod: Duration? = nil
    ) {
        self.name = name
        self.type = type
        self.format = format
        self.access = access
        self.maxDimX = maxDimX
        self.maxDimY = maxDimY
        self.level = level
        self.writeAttributeName = writeAttributeName
        self.memorization = memorization
        self.pollingPeriod = pollingPeriod
        self.enumLabels = enumLabels
        self.properties = properties
        self.reader = reader
        self.writer = writer
        self.isAllowed = isAllowed
    }
}

/// A command as the kernel knows it.
public struct CommandDefinition: Sendable {
    public var info: CommandInfo
    public var handler: CommandHandler
    public var isAllowed: AccessCheck?
    /// Polled from the start with this period (zero: externally triggered), unless an operator stopped that; `nil` is not polled.
    public var pollingPeriod: Duration?
    /// What is said of an argument of another type, where that is not the usual text.
    package var argumentRefusal: String?

    public init(_ info: CommandInfo, handler: CommandHandler, isAllowed: AccessCheck? = nil, pollingPeriod: Duration? = nil) {
        self.pollingPeriod = pollingPeriod
        self.info = info
        self.handler = handler
        self.isAllowed = isAllowed
    }
}

/// A pipe as the kernel knows it.
public struct PipeDefinition: Sendable {
    public var config: PipeConfig
    public var reader: PipeReader
    public var writer: PipeWriter?
    public var isAllowed: AccessCheck?

    public init(_ config: PipeConfig, reader: PipeReader, writer: PipeWriter? = nil, isAllowed: AccessCheck? = nil) {
        self.config = config
        self.reader = reader
        self.writer = writer
        self.isAllowed = isAllowed
    }
}

/// A property of a device or class as wizards show it.
public struct PropertyDefinition: Sendable, Hashable {
    public var name: String
    public var description: String
    /// Value used when the database has none; empty is none.
    public var defaultValue: [String]
    /// Whether a device without it is not made: it is in FAULT and says why.
    public var isMandatory = false

    public init(name: String, description: String = "", defaultValue: [String] = []) {
        self.name = name
        self.description = description
        self.defaultValue = defaultValue
    }
}
