import TangoCore

/// What all devices of a class have from the start, made once: the devices share the tables until one changes its own.
struct ClassMembers: Sendable {
    let commands: OrderedTable<CommandDefinition>
    let attributes: OrderedTable<AttributeDefinition>
    let pipes: OrderedTable<PipeDefinition>

    init(_ deviceClass: DeviceClass) {
        let own = Set(deviceClass.commands.map(\.info.name))
        let commands = (deviceClass.commands + BuiltInMembers.commands.filter { !own.contains($0.info.name) })
            .sorted { $0.info.name.utf8.lexicographicallyPrecedes($1.info.name.utf8) }
        self.commands = OrderedTable(commands) { $0.info.name }
        self.attributes = OrderedTable(deviceClass.attributes) { $0.name }
        self.pipes = OrderedTable(deviceClass.pipes) { $0.config.name }
    }
}
