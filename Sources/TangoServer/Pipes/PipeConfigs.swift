import TangoCore
import TangoWire

/// Configurations of pipes, as clients read and change them.
extension DeviceRuntime {
    /// - Parameter names: of pipes; `All pipes` alone for all.
    /// - Throws: `API_PipeNotFound`.
    func pipeConfigs(_ names: [String]) throws(DevFailed) -> [PipeConfig] {
        if names == ["All pipes"] { return self.members.pipes.map(\.config) }
        var configs: [PipeConfig] = []
        for name in names {
            guard let pipe = self.pipe(name) else { throw .pipeNotFound(name) }
            configs.append(pipe.config)
        }
        return configs
    }

    /// Changes labels and descriptions of pipes.
    /// - Throws: `API_PipeNotFound`; pipes before that one in the list stay changed.
    func setPipeConfigs(_ configs: [PipeConfig]) throws(DevFailed) -> DeviceResult {
        for config in configs {
            guard var pipe = self.pipe(config.name) else { throw .pipeNotFound(config.name) }
            pipe.config.label = config.label
            pipe.config.description = config.description
            let changed = pipe
            self.members.set(changed)
        }
        return .void
    }
}
