import TangoCore
import TangoServer

final class Beamline: Device {
    static let deviceClass = DeviceClass("Beamline", Beamline.self, execution: .inline) {
        ForwardedAttribute("Current")
        ForwardedAttribute("Vacuum", label: "Vacuum at the sample", root: "sr/vacuum/7/Pressure")
    }

    init(context: DeviceContext) { context.setState(.on) }
}
