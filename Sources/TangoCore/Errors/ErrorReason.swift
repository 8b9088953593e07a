/// The machine-readable reason of an error, such as `API_AttrNotFound`.
///
/// An open set, since devices add their own: a string literal is a reason. The constants are those of Tango itself.
public struct ErrorReason: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text on the wire.
    public let rawValue: String

    /// Creates a reason from its text.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates a reason from a literal: `"MyDevice_Overheated"`.
    public init(stringLiteral value: String) {
        self.rawValue = value
    }

    /// The text on the wire.
    public var description: String { self.rawValue }
}

extension ErrorReason {
    /// `API_AttrNotFound`: the device has no attribute of that name.
    public static let attributeNotFound: Self = "API_AttrNotFound"
    /// `API_AttrNotAllowed`: the attribute cannot be read or written in the present state.
    public static let attributeNotAllowed: Self = "API_AttrNotAllowed"
    /// `API_AttrNotWritable`: the attribute is read-only.
    public static let attributeNotWritable: Self = "API_AttrNotWritable"
    /// `API_AttrValueNotSet`: the device's code gave no value.
    public static let attributeValueNotSet: Self = "API_AttrValueNotSet"
    /// `API_AttrNotPolled`: the attribute has no poll cache.
    public static let attributeNotPolled: Self = "API_AttrNotPolled"
    /// `API_AttrOptProp`: a configuration property of the attribute has a wrong value.
    public static let attributeProperty: Self = "API_AttrOptProp"
    /// `API_AttrConfig`: the configuration of the attribute in the database is wrong.
    public static let attributeConfiguration: Self = "API_AttrConfig"
    /// `API_AttrWrongDefined`: the attribute cannot be defined like this.
    public static let attributeWronglyDefined: Self = "API_AttrWrongDefined"
    /// `API_MemAttFailedDuringInit`: the memorized value could not be written when the device started.
    public static let memorizedAttributeFailed: Self = "API_MemAttFailedDuringInit"
    /// `API_IncoherentValues`: two values contradict each other, such as a minimum above its maximum.
    public static let incoherentValues: Self = "API_IncoherentValues"
    /// `API_WAttrOutsideLimit`: the value written is outside `min_value` to `max_value`.
    public static let writeOutsideLimit: Self = "API_WAttrOutsideLimit"
    /// `API_IncompatibleAttrDataType`: the value is of another type than the attribute.
    public static let incompatibleAttributeType: Self = "API_IncompatibleAttrDataType"
    /// `API_AttrIncorrectDataNumber`: the number of elements does not fit the dimension.
    public static let incorrectDataNumber: Self = "API_AttrIncorrectDataNumber"
    /// `API_CommandNotFound`: the device has no command of that name.
    public static let commandNotFound: Self = "API_CommandNotFound"
    /// `API_CommandNotAllowed`: the command cannot be executed in the present state.
    public static let commandNotAllowed: Self = "API_CommandNotAllowed"
    /// `API_CmdNotPolled`: the command has no poll cache.
    public static let commandNotPolled: Self = "API_CmdNotPolled"
    /// `API_CommandTimedOut`: the device was busy with other requests for too long.
    public static let commandTimedOut: Self = "API_CommandTimedOut"
    /// `API_IncompatibleCmdArgumentType`: the argument is of another type than the command takes.
    public static let incompatibleCommandArgument: Self = "API_IncompatibleCmdArgumentType"
    /// `API_IncompatibleCmdResultType`: the command returned another type than it declares.
    public static let incompatibleCommandResult: Self = "API_IncompatibleCmdResultType"
    /// `API_PipeNotFound`: the device has no pipe of that name.
    public static let pipeNotFound: Self = "API_PipeNotFound"
    /// `API_PipeNotWritable`: the pipe is read-only.
    public static let pipeNotWritable: Self = "API_PipeNotWritable"
    /// `API_PipeNotAllowed`: the pipe cannot be read or written in the present state.
    public static let pipeNotAllowed: Self = "API_PipeNotAllowed"
    /// `API_PipeValueNotSet`: the device's code gave no value for the pipe.
    public static let pipeValueNotSet: Self = "API_PipeValueNotSet"
    /// `API_DeviceNotFound`: there is no device of that name.
    public static let deviceNotFound: Self = "API_DeviceNotFound"
    /// `API_DeviceNotExported`: the device is defined, but its server does not run.
    public static let deviceNotExported: Self = "API_DeviceNotExported"
    /// `API_DeviceLocked`: another client holds the lock of the device.
    public static let deviceLocked: Self = "API_DeviceLocked"
    /// `API_DeviceNotLocked`: the caller does not hold the lock.
    public static let deviceNotLocked: Self = "API_DeviceNotLocked"
    /// `API_DeviceUnlocked`: the caller's lock was taken away or has expired.
    public static let deviceUnlocked: Self = "API_DeviceUnlocked"
    /// `API_ReadOnlyMode`: the access control allows the user to read only.
    public static let readOnlyMode: Self = "API_ReadOnlyMode"
    /// `API_DeviceTimedOut`: the reply did not arrive within the timeout.
    public static let deviceTimedOut: Self = "API_DeviceTimedOut"
    /// `API_CantConnectToDevice`: no connection to the server of the device.
    public static let cantConnectToDevice: Self = "API_CantConnectToDevice"
    /// `API_CantConnectToDatabase`: no connection to the Tango database.
    public static let cantConnectToDatabase: Self = "API_CantConnectToDatabase"
    /// `API_CommunicationFailed`: the connection broke during the call.
    public static let communicationFailed: Self = "API_CommunicationFailed"
    /// `API_CorbaException`: the peer answered with a CORBA system exception.
    public static let corbaException: Self = "API_CorbaException"
    /// `API_WrongDeviceNameSyntax`: the text is not a device name or TRL.
    public static let wrongDeviceName: Self = "API_WrongDeviceNameSyntax"
    /// `API_NotSupported`: the interface of the device is too old for the call.
    public static let notSupported: Self = "API_NotSupported"
    /// `API_NotSupportedFeature`: the server does not offer the feature.
    public static let notSupportedFeature: Self = "API_NotSupportedFeature"
    /// `API_MethodArgument`: an argument of a command of the admin device is wrong.
    public static let methodArgument: Self = "API_MethodArgument"
    /// `API_InvalidArgs`: an argument is outside of what is allowed.
    public static let invalidArguments: Self = "API_InvalidArgs"
    /// `API_WrongNumberOfArgs`: too few or too many arguments.
    public static let wrongNumberOfArguments: Self = "API_WrongNumberOfArgs"
    /// `API_TangoHostNotSet`: no database is named, or `TANGO_HOST` is not `host:port`.
    public static let tangoHostNotSet: Self = "API_TangoHostNotSet"
    /// `API_BlackBoxEmpty`: the black box has no entries.
    public static let blackBoxEmpty: Self = "API_BlackBoxEmpty"
    /// `API_BlackBoxArgument`: the requested number of black box entries is not positive.
    public static let blackBoxArgument: Self = "API_BlackBoxArgument"
    /// `API_ShutdownInProgress`: the server is stopping.
    public static let shutdownInProgress: Self = "API_ShutdownInProgress"
    /// `DB_DeviceNotDefined`: the database has no device of that name.
    public static let databaseDeviceNotDefined: Self = "DB_DeviceNotDefined"
    /// `DB_AliasNotDefined`: the database has no alias of that name, or the object has no alias.
    public static let databaseAliasNotDefined: Self = "DB_AliasNotDefined"
    /// `DB_IncorrectArguments`: the argument of a database command is malformed.
    public static let databaseIncorrectArguments: Self = "DB_IncorrectArguments"
    /// `DB_IncorrectDeviceName`: the text is not `domain/family/member`.
    public static let databaseIncorrectDeviceName: Self = "DB_IncorrectDeviceName"
    /// `DB_IncorrectServerName`: the text is not `Server/instance`.
    public static let databaseIncorrectServerName: Self = "DB_IncorrectServerName"
    /// `DB_SQLError`: the database engine failed.
    public static let databaseSQL: Self = "DB_SQLError"
}
