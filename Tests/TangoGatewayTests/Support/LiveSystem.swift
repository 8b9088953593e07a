import HTTPTypes
import Logging
import Synchronization
import TangoClient
import TangoCore
import TangoDatabase
import TangoServer
import TangoTestDevice
import Testing

@testable import TangoGateway

/// Releases handlers that hang.
final class Release: Sendable {
    private let isDone = Atomic<Bool>(false)

    func open() { self.isDone.store(true, ordering: .relaxed) }

    var isOpen: Bool { self.isDone.load(ordering: .relaxed) }

    func wait() async throws {
        while !self.isDone.load(ordering: .relaxed) { try await Task.sleep(for: .milliseconds(5)) }
    }
}

/// A device with an attribute of every type and format that returns what was written, and members that hang or fail.
final class EchoDevice: Device {
    static let types: [(name: String, type: DataType)] = [
        ("boolean", .boolean), ("short", .short), ("long", .long), ("long64", .long64), ("uchar", .uchar), ("ushort", .ushort),
        ("ulong", .ulong), ("ulong64", .ulong64), ("float", .float), ("double", .double), ("string", .string), ("state", .state),
        ("enum", .enum), ("encoded", .encoded),
    ]
    static let labels = ["OFF", "ON", "7"]

    private var values: [String: AttributeReading] = [:]
    private var blob = PipeBlob(name: "store", elements: [])

    init(context: DeviceContext) { context.setState(.on) }
    func initialize() {}

    static func deviceClass(_ release: Release = Release()) -> DeviceClass {
        DeviceClass("Echo", EchoDevice.self) {
            Self.types.flatMap { name, type in
                [AttributeFormat.scalar, .spectrum, .image].compactMap { format -> Member? in
                    if type == .encoded, format != .scalar { return nil }
                    return Member.attribute(Self.echo("\(name)_\(format.name.lowercased())", type, format))
                }
            }
            Member.attribute(
                AttributeDefinition(
                    name: "Hang", type: .double,
                    reader: .async { _ in
                        try await release.wait()
                        return AttributeReading(.double([1]))
                    }))
            Member.attribute(
                AttributeDefinition(
                    name: "Broken", type: .double, reader: .sync { _ in throw DevFailed("Echo_Broken", "broken on purpose") }))
            Member.attribute(
                AttributeDefinition(
                    name: "Mute", type: .double, access: .readWrite,
                    reader: .sync { _ in throw DevFailed("Echo_Mute", "written, never read") }, writer: .sync { _, _ in }))
            Member.attribute(
                AttributeDefinition(
                    name: "Deaf", type: .double, access: .readWrite,
                    reader: .async { _ in
                        try await release.wait()
                        return AttributeReading(.double([1]))
                    }, writer: .sync { _, _ in }))
            Member.attribute(AttributeDefinition(name: "Invalid", type: .double, reader: .sync { _ in .invalid }))
            Member.attribute(
                AttributeDefinition(
                    name: "Limited", type: .double, access: .readWrite, properties: [.maxValue: "10"],
                    reader: .sync { call in try call.device(as: EchoDevice.self).values[call.name] ?? AttributeReading(.double([0])) },
                    writer: .sync { call, write in try call.device(as: EchoDevice.self).keep(call.name, write) }))
            Member.command(
                CommandDefinition(
                    CommandInfo(name: "Hang", inType: .void, outType: .void),
                    handler: .async { _, _ in
                        try await release.wait()
                        return .void
                    }))
            Member.command(
                CommandDefinition(
                    CommandInfo(name: "Double", inType: .double, outType: .double), handler: .sync { _, argument in argument }))
            Member.command(
                CommandDefinition(
                    CommandInfo(name: "Fail", inType: .void, outType: .void),
                    handler: .sync { _, _ in throw DevFailed(.databaseDeviceNotDefined, "said by a command") }))
            Member.pipe(
                PipeDefinition(
                    PipeConfig(name: "Store", writable: .readWrite),
                    reader: .sync { call in try call.device(as: EchoDevice.self).blob },
                    writer: .sync { call, blob in try call.device(as: EchoDevice.self).blob = blob }))
            Member.pipe(
                PipeDefinition(PipeConfig(name: "Fixed"), reader: .sync { call in PipeBlob(name: call.name, elements: []) }))
        }
    }

    private static func echo(_ name: String, _ type: DataType, _ format: AttributeFormat) -> AttributeDefinition {
        AttributeDefinition(
            name: name, type: type, format: format, access: .readWrite, maxDimX: format == .scalar ? 1 : 1000,
            maxDimY: format == .image ? 1000 : 0, enumLabels: type == .enum ? Self.labels : [],
            reader: .sync { call in try call.device(as: EchoDevice.self).values[name] },
            writer: .sync { call, write in try call.device(as: EchoDevice.self).keep(name, write) })
    }

    private func keep(_ name: String, _ write: AttributeWrite) {
        self.values[name] = AttributeReading(write.data, dimension: write.dimension)
    }
}

/// A parsed answer.
struct Reply {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    var text: String { String(decoding: self.body, as: UTF8.self) }
    /// `null` when it is no JSON.
    var json: JSONValue { (try? JSONValue(parsing: self.body)) ?? .null }
    var items: [JSONObject] { self.json.array?.compactMap(\.object) ?? [] }
    /// First reason of an error answer.
    var reason: String? { self.json.object?["errors"]?.array?.first?.object?["reason"]?.string }
}

/// A database, a server of devices and the gateway's responder, in this process.
struct LiveSystem: Sendable {
    let host: TangoHost
    let client: ControlSystem
    let responder: Responder
    /// Of the devices that can hang.
    let release: Release
    /// Port of the server of the devices.
    let devicePort: Int

    /// URL of the host's resources.
    var hostURL: String { "/tango/rest/v11/hosts/\(self.host.host);port=\(self.host.port)" }

    /// Runs the body beside `test/echo/1…n`, TangoTest's `sys/tg_test/1` and others.
    static func run(
        echoes: Int = 2, timeout: Duration = .seconds(30), others: [(name: String, deviceClass: DeviceClass)] = [],
        _ body: (LiveSystem) async throws -> Void
    ) async throws {
        let release = Release()
        let database = DatabaseServer(store: try .inMemory(), host: "127.0.0.1", port: 0)
        try await database.start()
        let host = TangoHost(host: "127.0.0.1", port: database.port)
        let client = ControlSystem(host: host)
        try await client.database().addServer(
            "Test/live",
            devices: (1...echoes).map { ("test/echo/\($0)", "Echo") }
                + [("sys/tg_test/1", "TangoTest")] + others.map { ($0.name, $0.deviceClass.name) })
        let server = DeviceServer(
            classes: [EchoDevice.deviceClass(release), TangoTestClass.deviceClass] + others.map(\.deviceClass),
            configuration: .init(
                name: "Test", arguments: ServerArguments(instance: "live", endPoint: .init(host: "127.0.0.1", port: 0)), tangoHost: host))
        try await server.start()
        var configuration = GatewayConfiguration()
        configuration.timeout = timeout
        configuration.defaultTangoHost = host
        let services = GatewayServices(configuration: configuration, controlSystem: client, logger: Logger(label: "test"))
        let system = LiveSystem(
            host: host, client: client, responder: Responder(services: services), release: release, devicePort: server.port)
        let outcome: Result<Void, any Error>
        do {
            outcome = .success(try await body(system))
        } catch {
            outcome = .failure(error)
        }
        release.open()
        await client.shutdown()
        await server.stop()
        await database.stop()
        try outcome.get()
    }

    /// Sends a request below the host's devices, or to an absolute path.
    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, headers: HTTPFields = [:]
    ) async -> Reply {
        let target = path.hasPrefix("/") ? path : "\(self.hostURL)/devices/\(path)"
        var head = HTTPRequest(method: method, scheme: "http", authority: "server:1", path: target)
        head.headerFields = headers
        if body != nil, head.headerFields[.contentType] == nil { head.headerFields[.contentType] = "application/json" }
        var request = GatewayRequest(head: head, trustsForwarded: false)
        request.body = Array((body ?? "").utf8)
        let response = await self.responder.respond(to: request)
        return Reply(status: response.status.code, headers: response.headers, body: response.body.bytes)
    }

    /// Reads a bulk resource with wildcards below this host.
    func bulk(_ resource: String, _ wildcards: [String], _ query: String = "") async -> Reply {
        let texts = wildcards.map { "wildcard=" + ($0.hasPrefix("!") ? String($0.dropFirst()) : "\(self.host)/\($0)") }
        return await self.send(.get, "/tango/rest/v11/\(resource)?\(texts.joined(separator: "&"))\(query)")
    }
}
