public import TangoCore

/// A command as the kernel knows it: the one form of static declarations (`Command`) and of additions at run time.
public struct CommandDefinition: Sendable {
    /// Name, types, descriptions and display level.
    public var info: CommandInfo
    /// Executes it.
    public var handler: CommandHandler
    /// Whether it may be executed now; `nil` is always.
    public var isAllowed: AccessCheck?
    /// Period with which the kernel polls it from the start, unless an operator has disabled that; zero is polled by the device's code
    /// only, `nil` is not polled.
    public var pollingPeriod: Duration?
    /// Text of the error for an argument of another type, where it is not the usual one.
    package var argumentRefusal: String?

    /// Makes a definition; see the properties for the parameters.
    public init(_ info: CommandInfo, handler: CommandHandler, isAllowed: AccessCheck? = nil, pollingPeriod: Duration? = nil) {
        self.pollingPeriod = pollingPeriod
        self.info = info
        self.handler = handler
        self.isAllowed = isAllowed
    }
}
