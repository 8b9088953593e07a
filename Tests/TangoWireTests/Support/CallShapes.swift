import TangoCore

@testable import TangoWire

extension DevSource {
    var label: String {
        switch self {
        case .device: "DEV"
        case .cache: "CACHE"
        case .cacheDevice: "CACHE_DEV"
        }
    }
}

extension ClientIdentity {
    var shape: JSON {
        func java(_ main: String, _ uuid: (UInt64, UInt64)) -> JSON {
            .members(("MainClass", .string(main)), ("uuid", .integers([uuid.0, uuid.1])))
        }
        func trace(_ parent: String, _ state: String) -> JSON {
            .members(
                ("disc", .string("W3C_TC_V0")), ("data", .members(("trace_parent", .string(parent)), ("trace_state", .string(state)))))
        }
        return switch self {
        case .cpp(let pid): .members(("disc", .string("CPP")), ("cpp_clnt", .whole(pid)))
        case .java(let main, let uuid): .members(("disc", .string("JAVA")), ("java_clnt", java(main, uuid)))
        case .cpp6(let pid, let parent, let state):
            .members(
                ("disc", .string("CPP_6")),
                ("cpp_clnt_6", .members(("cpp_clnt", .whole(pid)), ("trace_context", trace(parent, state)))))
        case .java6(let main, let uuid, let parent, let state):
            .members(
                ("disc", .string("JAVA_6")),
                ("java_clnt_6", .members(("java_clnt", java(main, uuid)), ("trace_context", trace(parent, state)))))
        }
    }
}

extension DeviceCall {
    /// The arguments by parameter name.
    var shape: JSON {
        func object(_ members: [(String, JSON?)]) -> JSON {
            .object(members.compactMap { member in member.1.map { JSON.Member(name: member.0, value: $0) } })
        }
        switch self {
        case .isA(let id): return object([("logical_type_id", .string(id))])
        case .nonExistent, .interface, .name, .description, .state, .status, .adminName, .ping, .info, .commandList: return object([])
        case .blackBox(let count): return object([("n", .whole(count))])
        case .commandInfo(let name, _): return object([("command", .string(name))])
        case .command(let name, let data, let source, let identity, let version):
            return object([
                ("command", .string(name)), ("argin", data.shape), ("source", version >= 2 ? .string(source.label) : nil),
                ("cl_ident", identity?.shape),
            ])
        case .commandHistory(let name, let count, _): return object([("command", .string(name)), ("n", .whole(count))])
        case .attributeConfigs(let names, _), .pipeConfigs(let names): return object([("names", .strings(names))])
        case .setAttributeConfigs(let configs, let identity, let version):
            let layout = version == 4 ? 3 : version
            return object([("new_conf", .list(configs) { $0.shape(version: layout) }), ("cl_ident", identity?.shape)])
        case .readAttributes(let names, let source, let identity, let version):
            return object([
                ("names", .strings(names)), ("source", version >= 2 ? .string(source.label) : nil), ("cl_ident", identity?.shape),
            ])
        case .writeAttributes(let values, let identity, let version):
            return object([("values", .list(values) { $0.shape(version: version >= 4 ? 4 : 1) }), ("cl_ident", identity?.shape)])
        case .writeReadAttributes(let values, let names, let identity, let version):
            return object([
                ("values", .list(values) { $0.shape(version: 4) }), ("r_names", version >= 5 ? .strings(names) : nil),
                ("cl_ident", identity.shape),
            ])
        case .attributeHistory(let name, let count, _): return object([("name", .string(name)), ("n", .whole(count))])
        case .setPipeConfigs(let configs, let identity):
            return object([("new_conf", .list(configs, \.shape)), ("cl_ident", identity.shape)])
        case .readPipe(let name, let identity): return object([("name", .string(name)), ("cl_ident", identity.shape)])
        case .writePipe(let value, let identity), .writeReadPipe(let value, let identity):
            return object([("value", value.shape), ("cl_ident", identity.shape)])
        }
    }
}

extension DeviceInfo {
    func shape(version: Int) -> JSON {
        var members: [(String, JSON)] = [
            ("dev_class", .string(self.deviceClass)), ("server_id", .string(self.serverID)), ("server_host", .string(self.serverHost)),
            ("server_version", .whole(self.serverVersion)), ("doc_url", .string(self.documentationURL)),
        ]
        if version >= 3 { members.append(("dev_type", .string(self.deviceType))) }
        if version >= 6 {
            members.append(("version_info", .list(self.versions) { .members(("key", .string($0.key)), ("value", .string($0.value))) }))
        }
        return .object(members.map { JSON.Member(name: $0.0, value: $0.1) })
    }
}

extension DeviceResult {
    /// The result as the operation's version carries it; histories have a shape of their own, see `HistoryRecordShape`.
    func shape(_ operation: TangoWire.Operation) -> JSON? {
        let versions: [TangoWire.Operation: Int] = [
            .info: 1, .info3: 3, .info6: 6, .commandListQuery: 1, .commandQuery: 1, .commandListQuery2: 2, .commandQuery2: 2,
            .getAttributeConfig: 1, .getAttributeConfig2: 2, .getAttributeConfig3: 3, .getAttributeConfig5: 5, .readAttributes: 1,
            .readAttributes2: 2, .readAttributes3: 3, .readAttributes4: 4, .writeReadAttributes4: 4, .readAttributes5: 5,
            .writeReadAttributes5: 5,
        ]
        let version = versions[operation] ?? 0
        return switch self {
        case .void, .commandHistory, .attributeHistory: nil
        case .boolean(let value): .boolean(value)
        case .string(let text): .string(text)
        case .strings(let texts): .strings(texts)
        case .state(let state): .string(state.name)
        case .info(let info): info.shape(version: version)
        case .commandInfos(let infos): .list(infos) { $0.shape(version: version) }
        case .commandInfo(let info): info.shape(version: version)
        case .command(let data): data.shape
        case .attributeConfigs(let configs): .list(configs) { $0.shape(version: version) }
        case .attributeValues(let values): .list(values) { $0.shape(version: version) }
        case .pipeConfigs(let configs): .list(configs, \.shape)
        case .pipe(let value): value.shape
        }
    }
}

extension UserException {
    var shape: JSON {
        switch self {
        case .devFailed(let failed): .members(("errors", .list(failed.errors, \.shape)))
        case .multiDevFailed(let failed):
            .members(
                (
                    "errors",
                    .list(failed.errors) {
                        .members(
                            ("name", .string($0.name)), ("index_in_call", .whole($0.index)), ("err_list", .list($0.errors, \.shape)))
                    }
                ))
        case .unknown(let id): .string(id)
        }
    }
}
