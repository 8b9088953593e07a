import TangoCore
import TangoWire

/// Reads a pipe, writes one, or writes and then reads it.
struct PipeOperation: GatedOperation {
    enum Access: Sendable {
        case read
        case write(PipeBlob)
        case writeAndRead(PipeBlob)
    }

    enum Suspension: Sendable {
        case writing(pipe: String, @concurrent @Sendable (MemberCall, PipeBlob) async throws -> Void, PipeBlob)
        case reading(pipe: String, @concurrent @Sendable (MemberCall) async throws -> PipeBlob)
    }

    private enum Phase {
        case starting
        case written
        case read(PipeValue)
    }

    private let name: String
    private let access: Access
    private var phase = Phase.starting

    var isAlwaysSerialized: Bool {
        switch self.access {
        case .read: false
        case .write, .writeAndRead: true
        }
    }

    init(name: String, _ access: Access) {
        self.name = name
        self.access = access
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .starting: return try self.start(runtime)
        case .written:
            let (pipe, call) = try self.pipe(runtime)
            return try self.finishWriting(pipe, call)
        case .read(let value): return .finished(.pipe(value))
        }
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .writing(let pipe, let handler, let blob):
            try await handler(try runtime.call(pipe), blob)
            self.phase = .written
        case .reading(let pipe, let handler):
            let blob = try await handler(try runtime.call(pipe))
            self.phase = .read(PipeValue(name: pipe, time: .now, blob: blob))
        }
    }

    private func pipe(_ runtime: DeviceRuntime) throws(DevFailed) -> (PipeDefinition, MemberCall) {
        guard let pipe = runtime.pipe(self.name) else { throw .pipeNotFound(self.name) }
        return (pipe, try runtime.call(pipe.config.name))
    }

    private func start(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        let (pipe, call) = try self.pipe(runtime)
        switch self.access {
        case .read:
            try call.device.alwaysExecuted()
            return try Self.read(pipe, call)
        case .write(let blob), .writeAndRead(let blob):
            if let suspension = try Self.write(pipe, blob, call, runtime) { return .suspended(suspension) }
            return try self.finishWriting(pipe, call)
        }
    }

    /// Writes with a synchronous handler, or returns what has to be awaited.
    private static func write(
        _ pipe: PipeDefinition, _ blob: PipeBlob, _ call: MemberCall, _ runtime: DeviceRuntime
    ) throws -> Suspension? {
        guard pipe.config.writable == .readWrite, let writer = pipe.writer else {
            throw DevFailed(
                .pipeNotWritable, "Pipe \(pipe.config.name) for device \(runtime.name) is not writable",
                origin: "Device_5Impl::write_pipe_5")
        }
        try call.device.alwaysExecuted()
        try Self.allow(pipe, call, .write, "write")
        switch writer {
        case .sync(let handler):
            try handler(call, blob)
            return nil
        case .async(let handler): return .writing(pipe: pipe.config.name, handler, blob)
        }
    }

    private func finishWriting(_ pipe: PipeDefinition, _ call: MemberCall) throws -> Progress<Suspension> {
        switch self.access {
        case .read, .writeAndRead: try Self.read(pipe, call)
        case .write: .finished(.void)
        }
    }

    private static func read(_ pipe: PipeDefinition, _ call: MemberCall) throws -> Progress<Suspension> {
        try Self.allow(pipe, call, .read, "read")
        switch pipe.reader {
        case .sync(let handler): return .finished(.pipe(PipeValue(name: pipe.config.name, time: .now, blob: try handler(call))))
        case .async(let handler): return .suspended(.reading(pipe: pipe.config.name, handler))
        }
    }

    private static func allow(_ pipe: PipeDefinition, _ call: MemberCall, _ kind: AccessKind, _ verb: String) throws(DevFailed) {
        guard let isAllowed = pipe.isAllowed, !isAllowed(call, kind) else { return }
        throw DevFailed(.pipeNotAllowed, "It is currently not allowed to \(verb) pipe \(pipe.config.name)", origin: "Device_5Impl::pipe")
    }
}
