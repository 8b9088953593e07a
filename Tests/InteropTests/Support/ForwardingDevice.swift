import TangoCore
import TangoServer

/// Twin of class Forwarding in Scripts/peers/servers/fwdserver.py.
final class ForwardingDevice: Device {
    var value = 1.0

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Forwarding", ForwardingDevice.self) {
        Attribute("Local", Double.self).stored(at: \.value)
        ForwardedAttribute("Scalar", label: "My label")
        for name in ["Spectrum", "Image", "Text", "Fixed", "Failing"] { ForwardedAttribute(name) }
        Attribute("Last", Int64.self).read { _ in 7 }
    }
}

/// Twin of class Misled in Scripts/peers/servers/fwdserver.py.
final class MisledDevice: Device {
    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static let deviceClass = DeviceClass("Misled", MisledDevice.self) {
        ForwardedAttribute("Wrong")
        Attribute("Own", Double.self).read { _ in 1.5 }
    }
}
