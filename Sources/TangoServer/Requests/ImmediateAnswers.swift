import TangoCore
import TangoIIOP
import TangoWire

extension DeviceRuntime {
    /// Text `info` and `blackBox` give for the library.
    static let libraryVersion = Product.version

    func record(_ call: DeviceCall, _ operation: TangoWire.Operation, by requester: BlackBox.Requester) {
        switch call {
        case .isA, .nonExistent, .interface: break
        default: self.blackBox.record(call, operation, by: requester)
        }
    }

    /// What the kernel answers itself, without the device's gate: a busy device still says who it is. `nil` for all the rest.
    func answer(_ call: DeviceCall) -> Result<DeviceResult, any Error>? {
        do {
            switch call {
            case .isA(let id): return .success(.boolean(self.isA(id)))
            case .nonExistent: return .success(.boolean(false))
            case .interface: return .failure(SystemException.noInterfaceRepository)
            case .ping: return .success(.void)
            case .name: return .success(.string(self.name.text))
            case .description: return .success(.string(self.deviceDescription))
            case .adminName: return .success(.string(self.adminName))
            case .blackBox(let count): return .success(.strings(try self.blackBox.lines(Int(count))))
            case .info: return .success(.info(self.info))
            case .commandList: return .success(.commandInfos(self.members.withLock { $0.commandInfos }))
            case .commandInfo(let name, _):
                guard let command = self.command(name) else {
                    throw DevFailed(.commandNotFound, "Command \(name) not found", origin: "DeviceImpl::command_query")
                }
                return .success(.commandInfo(command.value.info))
            case .attributeConfigs(let names, _) where self.hasForwarded(among: names): return nil
            case .attributeConfigs(let names, let version): return .success(.attributeConfigs(try self.attributeConfigs(names, version)))
            case .pipeConfigs(let names): return .success(.pipeConfigs(try self.pipeConfigs(names)))
            case .setPipeConfigs(let configs, _):
                try self.setPipeConfigs(configs)
                return .success(.void)
            case .attributeHistory(let name, _, _) where self.hasForwarded(among: [name]): return nil
            case .attributeHistory(let name, let count, _):
                return .success(.attributeHistory(try self.attributeHistory(name, Int(count))))
            case .commandHistory(let name, let count, _): return .success(.commandHistory(try self.commandHistory(name, Int(count))))
            case .command(let name, _, let source, _, _) where source != .device: return try self.cachedCommand(name, source)
            case .readAttributes(let names, let source, _, let version) where source != .device:
                return try self.cachedAttributes(names, source, version)
            default: return nil
            }
        } catch {
            return .failure(error)
        }
    }

    static func attributeNotFound(_ name: String) -> DevFailed {
        DevFailed(.attributeNotFound, "\(name) attribute not found", origin: "MultiAttribute::get_attr_by_name")
    }

    /// The device's property `description`, else what the class says. The admin device is never another one (measured).
    private var deviceDescription: String {
        let own = self.deviceClass.name == "DServer" ? nil : self.configuration.properties["description"]?.first
        return own ?? self.deviceClass.deviceDescription
    }

    private func isA(_ id: String) -> Bool {
        guard id != "IDL:omg.org/CORBA/Object:1.0" else { return true }
        return id == "IDL:Tango/Device:1.0" || (2...self.interfaceVersion).contains { id == "IDL:Tango/Device_\($0):1.0" }
    }

    var info: DeviceInfo {
        let url = self.configuration.classProperties["doc_url"]?.first ?? "http://www.tango-controls.org"
        return DeviceInfo(
            deviceClass: self.deviceClass.name, serverID: self.server.serverID, serverHost: self.server.hostName,
            serverVersion: Int32(self.interfaceVersion), documentationURL: "Doc URL = \(url)",
            versions: [VersionInfo(key: "idl", value: "6.0.4"), VersionInfo(key: "swift-tango", value: Self.libraryVersion)])
    }

    func attributeConfigs(_ names: [String], _ version: Int) throws(DevFailed) -> [AttributeConfig] {
        if names.count == 1, version >= 3, names[0] == "All attributes_3" { return self.allAttributes.map(\.config) }
        if names.count == 1, version < 3, names[0].hasPrefix("All attributes") {
            let all = names[0] == "All attributes_3" ? self.allAttributes : self.members.withLock { $0.attributes.members }
            return all.map(\.config)
        }
        var configs: [AttributeConfig] = []
        for name in names {
            guard let attribute = self.attribute(name) else { throw Self.attributeNotFound(name) }
            configs.append(attribute.config)
        }
        return configs
    }

    private func pipeConfigs(_ names: [String]) throws(DevFailed) -> [PipeConfig] {
        if names == ["All pipes"] { return self.members.withLock { $0.pipes.members.map(\.config) } }
        var configs: [PipeConfig] = []
        for name in names {
            guard let pipe = self.pipe(name) else {
                throw DevFailed(.pipeNotFound, "\(name) pipe not found", origin: "DeviceClass::get_pipe_by_name")
            }
            configs.append(pipe.config)
        }
        return configs
    }

    private func setPipeConfigs(_ configs: [PipeConfig]) throws(DevFailed) {
        for config in configs {
            guard var pipe = self.pipe(config.name) else {
                throw DevFailed(.pipeNotFound, "\(config.name) pipe not found", origin: "DeviceClass::get_pipe_by_name")
            }
            pipe.config.label = config.label
            pipe.config.description = config.description
            let changed = pipe
            self.members.withLock { $0.pipes.set(changed, for: changed.config.name) }
        }
    }
}
