public import TangoCore
import TangoWire

extension DeviceProxy {
    /// Returns the configuration of the named pipes, of all without names.
    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`.
    public func pipeConfigs(_ names: [String]? = nil) async throws(DevFailed) -> [PipeConfig] {
        try await self.require(5)
        guard case .pipeConfigs(let configs) = try await self.call({ _ in .pipeConfigs(names ?? ["All pipes"]) }) else {
            throw self.unexpected()
        }
        return configs
    }

    /// Reads a pipe.
    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`.
    public func readPipe(_ name: String) async throws(DevFailed) -> PipeValue {
        try await self.require(5)
        guard case .pipe(let value) = try await self.call({ .readPipe(name, identity: Self.identity($0)) }) else {
            throw self.unexpected()
        }
        return value
    }

    /// Writes a pipe.
    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`, `API_PipeNotWritable`.
    public func writePipe(_ name: String, _ blob: PipeBlob) async throws(DevFailed) {
        try await self.require(5)
        _ = try await self.call { .writePipe(PipeValue(name: name, time: .zero, blob: blob), identity: Self.identity($0)) }
    }

    /// Writes a pipe, then reads it, without another request in between.
    /// - Throws: `API_NotSupported` below interface 5, `API_PipeNotFound`, `API_PipeNotWritable`.
    public func writeReadPipe(_ name: String, _ blob: PipeBlob) async throws(DevFailed) -> PipeValue {
        try await self.require(5)
        let result = try await self.call { .writeReadPipe(PipeValue(name: name, time: .zero, blob: blob), identity: Self.identity($0)) }
        guard case .pipe(let value) = result else { throw self.unexpected() }
        return value
    }
}
