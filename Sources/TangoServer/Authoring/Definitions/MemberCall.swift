public import TangoCore

/// What the handler of an attribute, command or pipe receives: the device, and the member's name, since one handler may serve many.
///
/// Valid during the call only. The call holds the device's gate: no other request runs on the device, not even while the handler awaits.
public struct MemberCall {
    /// The user's object.
    public let device: any Device
    /// The device's handle to the server.
    public let context: DeviceContext
    /// Name of the attribute, command or pipe as declared.
    public let name: String
    /// The client, for commands of classes with `DeviceClass.passesCaller`.
    package var caller: Caller?

    /// Makes a call, for tests of handlers.
    public init(device: any Device, context: DeviceContext, name: String) {
        self.device = device
        self.context = context
        self.name = TangoText.readable(name)
    }

    /// Returns the device as its own class. Fails only for a handler that was added to a device of another class.
    /// - Throws: `API_WrongDeviceClass`.
    public func device<D: Device>(as type: D.Type) throws(DevFailed) -> D {
        guard let device = self.device as? D else {
            throw DevFailed("API_WrongDeviceClass", "\(self.name) is served by code of \(D.self), but the device is of another class")
        }
        return device
    }
}
