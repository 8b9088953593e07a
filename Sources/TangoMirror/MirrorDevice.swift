import TangoCore
import TangoServer

/// The twin of a device, which answers from its model.
final class MirrorDevice: Device {
    private let context: DeviceContext
    private let model: MirrorModel?
    /// State and status as last set.
    private var shown: (state: DevState, status: String?)?

    init(context: DeviceContext, model: MirrorModel) {
        self.context = context
        self.model = model
    }

    /// A device without model, for the class.
    init(context: DeviceContext) {
        self.context = context
        self.model = nil
    }

    func initialize() {
        self.shown = nil
        self.followState()
    }

    func alwaysExecuted() throws { self.followState() }

    private func followState() {
        guard let condition = self.model?.condition() else { return }
        // Setting ON anew would take back an ALARM that follows from the attributes.
        guard self.shown.map({ $0 != condition }) ?? true else { return }
        self.shown = condition
        self.context.setState(condition.state)
        self.context.setStatus(condition.status)
    }

    /// Returns the class of the twin: the interface of the original with the values of the model.
    static func deviceClass(_ interface: MirrorInterface, _ model: MirrorModel) -> DeviceClass {
        let make: @Sendable (DeviceContext) -> MirrorDevice = { MirrorDevice(context: $0, model: model) }
        var deviceClass = DeviceClass(
            interface.deviceClass, execution: .inline, deviceDescription: interface.deviceDescription, make: make
        ) {
            interface.attributes.compactMap { Self.attribute($0, model) }
            interface.commands.compactMap { Self.command($0, model) }
            interface.pipes.map { Member.pipe(Self.pipe($0, model)) }
        }
        deviceClass.isDeclaredInCode = false
        return deviceClass
    }

    /// `nil` for a type this library does not know.
    private static func attribute(_ config: AttributeConfig, _ model: MirrorModel) -> AttributeDefinition? {
        guard let type = config.type, type.isAttributeType, config.format != .unknown, config.writable != .unknown else { return nil }
        let name = config.name
        return AttributeDefinition(
            name: name, type: type, format: config.format, access: config.writable, maxDimX: config.maxDimX, maxDimY: config.maxDimY,
            level: config.level, writeAttributeName: config.writable == .readWithWrite ? config.writableAttributeName : nil,
            memorization: !config.isMemorized ? .none : config.isMemorizedWriteAtInit ? .memorizedWriteAtInit : .memorized,
            enumLabels: config.enumLabels, properties: AttributeDefaults(config),
            reader: config.writable == .write ? nil : .sync { _ in try model.read(name) },
            writer: config.writable.isWritable ? .sync { _, write in model.write(write) } : nil)
    }

    /// `nil` for a type this library does not know.
    private static func command(_ info: CommandInfo, _ model: MirrorModel) -> CommandDefinition? {
        guard info.inType != nil, let outType = info.outType, CommandData.neutral(outType) != nil else { return nil }
        return CommandDefinition(info, handler: .sync { _, argument in model.answer(info, argument) })
    }

    private static func pipe(_ config: PipeConfig, _ model: MirrorModel) -> PipeDefinition {
        PipeDefinition(
            config, reader: .sync { _ in try model.readPipe(config.name) },
            writer: config.writable == .readWrite ? .sync { _, blob in model.writePipe(config.name, blob) } : nil)
    }
}

extension AttributeDefaults {
    /// All texts of a configuration.
    fileprivate init(_ config: AttributeConfig) {
        self.init()
        for setting in AttributeSetting.allCases { self[setting] = setting.value(in: config) }
    }
}
