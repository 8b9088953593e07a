import TangoCore
import TangoServer

final class Beamline: Device {
    static let deviceClass = DeviceClass("Beamline", Beamline.self, execution: .inline) {
        ForwardedAttribute("Current")
        ForwardedAttribute("Vacuum", label: "Vacuum at the sample", root: "sr/vacuum/7/Pressure")
    }

    let context: DeviceContext
    init(context: DeviceContext) { self.context = context }

    func initialize() { self.context.setState(.on) }
}
