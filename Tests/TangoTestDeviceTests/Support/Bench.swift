import TangoCore
import TangoServer

@testable import TangoTestDevice

/// A device without a server, used through the definitions of its class as the kernel does.
struct Bench {
    let context: DeviceContext
    let device: TangoTestDevice

    /// By default the background task of the device sleeps for an hour, and tests begin rounds themselves.
    init(properties: [String: [String]] = [:]) async throws {
        self.context = DeviceContext.isolated(
            try DeviceName("sys/tg_test/1"), of: TangoTestClass.deviceClass,
            properties: properties.merging(["Sleep_period": ["3600000"]]) { given, _ in given })
        self.device = TangoTestDevice(context: self.context)
        try await self.device.initialize()
    }

    func read(_ name: String) throws -> AttributeReading? {
        guard case .sync(let read) = try Self.attribute(name).reader else { throw DevFailed("no reader", name) }
        return try read(MemberCall(device: self.device, context: self.context, name: name))
    }

    func values<T: TangoScalar>(_ name: String, _ type: T.Type) throws -> [T] {
        try self.read(name).flatMap { T.values(of: $0.data) } ?? []
    }

    func write(_ name: String, _ data: AttributeData, _ dimension: AttributeDimension? = nil) throws {
        guard case .sync(let write) = try Self.attribute(name).writer else { throw DevFailed("no writer", name) }
        let written = dimension.map { AttributeWrite(name: name, data: data, dimension: $0) } ?? AttributeWrite(name: name, data: data)
        try write(MemberCall(device: self.device, context: self.context, name: name), written)
    }

    func execute(_ name: String, _ argument: CommandData = .void) throws -> CommandData {
        guard let command = TangoTestClass.deviceClass.commands.first(where: { $0.info.name == name }),
            case .sync(let execute) = command.handler
        else { throw DevFailed("no command", name) }
        return try execute(MemberCall(device: self.device, context: self.context, name: name), argument)
    }

    static func attribute(_ name: String) throws -> AttributeDefinition {
        guard let attribute = TangoTestClass.deviceClass.attributes.first(where: { $0.name == name }) else {
            throw DevFailed(.attributeNotFound, name)
        }
        return attribute
    }
}
