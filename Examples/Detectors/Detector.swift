import TangoServer

/// One class for a series of detectors: a device adds the members that its model has when it starts (RFC-15, first use case).
final class Detector: Device {
    static let model = DeviceProperty("Model", String.self, description: "basic, cooled or gated")

    static let deviceClass = DeviceClass("Detector", Detector.self) {
        Detector.model
        Attribute("Features", [String].self, description: "What this detector has", maxDimX: 256).read { $0.library.features.map(\.name) }
    }

    private let context: DeviceContext
    private let library: DetectorLibrary
    private var numbers: [String: Double] = [:]
    private var flags: [String: Bool] = [:]
    private var choices: [String: Int16] = [:]

    init(context: DeviceContext) throws {
        self.context = context
        let model = try context.property(Self.model)
        guard let library = DetectorLibrary(model: model) else {
            throw DevFailed("Detector_UnknownModel", "There is no detector \(model)")
        }
        self.library = library
        for feature in library.features { try self.add(feature) }
    }

    func initialize() { self.context.setState(.on) }

    private func add(_ feature: DetectorLibrary.Feature) throws {
        let name = feature.name
        switch feature.kind {
        case .number(let unit, let range?):
            self.numbers[name] = range.lowerBound
            try self.context.addAttribute(
                Attribute(name, of: Detector.self, Double.self, unit: unit, minValue: range.lowerBound, maxValue: range.upperBound)
                    .read { $0.numbers[name] ?? 0 }
                    .write { $0.numbers[name] = $1 })
        case .number(let unit, nil):
            try self.context.addAttribute(Attribute(name, of: Detector.self, Double.self, unit: unit).read { $0.numbers[name] ?? 0 })
        case .flag:
            try self.context.addAttribute(
                Attribute(name, of: Detector.self, Bool.self).read { $0.flags[name] ?? false }.write { $0.flags[name] = $1 })
        case .choice(let labels):
            // The labels are known at run time only, so there is no Swift enumeration; the definition takes them.
            try self.context.addAttribute(
                AttributeDefinition(
                    name: name, type: .enum, access: .readWrite, enumLabels: labels,
                    reader: .sync { call in
                        AttributeReading(.short([try call.device(as: Detector.self).choices[name] ?? 0]), dimension: .scalar)
                    },
                    writer: .sync { call, written in
                        guard case .short(let values) = written.data else { return }
                        try call.device(as: Detector.self).choices[name] = values.first
                    }))
        case .action:
            try self.context.addCommand(Command(name, of: Detector.self) { device in device.perform(name) })
        }
    }

    private func perform(_ action: String) {
        self.context.logger.info("action", metadata: ["name": "\(action)"])
        self.numbers["CountRate"] = 0
    }
}
