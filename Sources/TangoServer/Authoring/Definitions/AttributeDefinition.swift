public import TangoCore

/// An attribute as the kernel knows it: the one form of static declarations (`Attribute`) and of additions at run time (RFC-15).
public struct AttributeDefinition: Sendable {
    /// Name as clients see it; it is compared without regard to case.
    public var name: String
    /// Type of the elements.
    public var type: DataType
    /// Scalar, spectrum or image.
    public var format: AttributeFormat
    /// Whether it can be read, written, or both.
    public var access: AttributeWriteType
    /// Greatest length of a spectrum, greatest width of an image; 1 for a scalar.
    public var maxDimX: Int32
    /// Greatest height of an image; 0 for scalars and spectra.
    public var maxDimY: Int32
    /// Whether clients show it to operators or to experts only.
    public var level: DisplayLevel
    /// For a `READ_WITH_WRITE` attribute, the name of the writable attribute whose set value it shows.
    public var writeAttributeName: String?
    /// Whether the set value outlives the server.
    public var memorization: Memorization
    /// Period with which the kernel polls it from the start, unless an operator has disabled that; zero is polled by the device's code
    /// only, `nil` is not polled.
    public var pollingPeriod: Duration?
    /// Labels of a DevEnum, at least one; empty for other types.
    public var enumLabels: [String]
    /// Properties given by the class's code.
    public var properties: AttributeDefaults
    /// Reads it; required unless it is `WRITE`.
    public var reader: AttributeReader?
    /// Writes it; required when it is `WRITE` or `READ_WRITE`.
    public var writer: AttributeWriter?
    /// Whether it may be read or written now; `nil` is always.
    public var isAllowed: AccessCheck?
    /// Which events the device's code sends.
    public var events: EventSupport
    /// For a forwarded attribute, which takes everything but its name and label from its root.
    public internal(set) var forwarding: Forwarding?

    /// Makes a definition; see the properties for the parameters.
    public init(
        name: String, type: DataType, format: AttributeFormat = .scalar, access: AttributeWriteType = .read, maxDimX: Int32 = 1,
        maxDimY: Int32 = 0, level: DisplayLevel = .operator, writeAttributeName: String? = nil, memorization: Memorization = .none,
        enumLabels: [String] = [], properties: AttributeDefaults = AttributeDefaults(), reader: AttributeReader? = nil,
        writer: AttributeWriter? = nil, isAllowed: AccessCheck? = nil, pollingPeriod: Duration? = nil,
        events: EventSupport = EventSupport()
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
        self.events = events
    }
}

/// Whether the set value of an attribute outlives the server. Only writable scalars can be memorized, other than DevState and DevEncoded.
public enum Memorization: Sendable, Hashable {
    /// It does not.
    case none
    /// It is kept in the database and is the set value after a start.
    case memorized
    /// It is kept in the database and written to the device after a start.
    case memorizedWriteAtInit
}
