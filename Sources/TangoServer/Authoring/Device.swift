import TangoCore

/// A device: an object of a device class that clients reach by its name.
///
/// The kernel holds the device's gate around every call of its code, so one request runs at a time and the object needs no locks. The
/// object is made once per start (and anew by DevRestart and RestartServer); `initialize()` runs at start-up and again for each Init
/// command, after `release()`.
///
/// An error thrown by `init(context:)` or `initialize()` does not end the server: the device stays reachable, its state is `FAULT` and its
/// status gives the reason, until an Init command succeeds.
///
/// Write the life-cycle methods in the extension that declares the conformance, `extension PowerSupply: Device { … }`: there the compiler
/// warns of a method whose name nearly matches one of them, such as `alwaysExecute()`.
public protocol Device: AnyObject, SendableMetatype {
    /// Makes the object. Read properties here; connect to hardware in `initialize()`.
    /// - Parameter context: the device's handle to the server; keep it.
    init(context: DeviceContext) throws

    /// Brings the device to its initial state, at start-up and for each Init command. Requests wait until it has returned.
    ///
    /// It has no default implementation, so that a misspelled or misplaced one does not compile. A device with nothing to do writes
    /// `func initialize() {}`.
    @concurrent func initialize() async throws

    /// Releases what `initialize()` acquired: before an Init command initializes again, and when the device ends.
    ///
    /// Default: does nothing. A method that throws or has another name does not replace the default.
    @concurrent func release() async

    /// Runs before each command and before each request to read or write attributes. An error refuses the request.
    ///
    /// Default: does nothing. A method that is asynchronous or has another name does not replace the default.
    func alwaysExecuted() throws
}

extension Device {
    /// Does nothing.
    public func release() async {}
    /// Does nothing.
    public func alwaysExecuted() throws {}
}
