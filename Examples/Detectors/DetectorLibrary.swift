/// Simulates a vendor's library for a series of detectors; it lists the features of each model.
struct DetectorLibrary: Sendable {
    /// A feature of a detector.
    struct Feature: Sendable {
        enum Kind: Sendable {
            /// A number; with a range it can be written.
            case number(unit: String, range: ClosedRange<Double>?)
            case flag
            case choice([String])
            case action
        }

        var name: String
        var kind: Kind
    }

    let features: [Feature]

    /// - Parameter model: `basic`, `cooled` or `gated`.
    init?(model: String) {
        let all = [
            Feature(name: "CountRate", kind: .number(unit: "1/s", range: nil)),
            Feature(name: "Threshold", kind: .number(unit: "keV", range: 1...100)),
        ]
        switch model {
        case "basic": self.features = all
        case "cooled":
            self.features =
                all + [
                    Feature(name: "Temperature", kind: .number(unit: "°C", range: -40...20)), Feature(name: "Cooling", kind: .flag),
                    Feature(name: "Purge", kind: .action),
                ]
        case "gated":
            self.features =
                all + [
                    Feature(name: "GateMode", kind: .choice(["open", "internal", "external"])),
                    Feature(name: "GateWidth", kind: .number(unit: "us", range: 0.1...1000)), Feature(name: "SoftTrigger", kind: .action),
                ]
        default: return nil
        }
    }
}
