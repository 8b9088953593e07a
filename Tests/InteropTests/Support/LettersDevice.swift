import TangoCore
import TangoServer

/// A device whose texts have letters beyond ASCII: twin of class Letters in Scripts/peers/servers/textserver.py.
final class LettersDevice: Device {
    private let context: DeviceContext
    var note = "é"

    init(context: DeviceContext) { self.context = context }

    func initialize() async throws {
        self.context.setState(.on)
        self.context.setStatus("Tür offen, 5 °C")
    }

    enum Scale: Int16, TangoEnum {
        case milliampere, microampere, degrees

        static var enumLabels: [String] { ["mA", "µA", "℃"] }
    }

    static let deviceClass = DeviceClass("Letters", LettersDevice.self) {
        Attribute("Temperature", Double.self, label: "Größe in µm", description: "Ω und ℃", unit: "°C").read { _ in 1.5 }
        Attribute("Scale", Scale.self).read { (_: LettersDevice) -> Scale in .microampere }
        Attribute("Note", String.self).stored(at: \.note)
        Attribute("Broken", Double.self).read { (_: LettersDevice) -> Double in
            throw DevFailed("Letters_Hot", "zu heiß: 90 °C", origin: "Größe")
        }
        Command("Echo", inDescription: "Länge in µm", outDescription: "Fläche in µm²") { (_, text: String) in text }
    }
}
