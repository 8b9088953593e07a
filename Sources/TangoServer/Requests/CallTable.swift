import TangoCore
import TangoIIOP
import TangoWire

/// What each call of the Tango interfaces stands for: an answer that needs no gate, since a busy device too says what it is, or an
/// operation.
enum CallTable {
    /// - Throws: what the request fails with.
    static func disposition(
        of call: DeviceCall, from requester: BlackBox.Requester, on runtime: DeviceRuntime
    ) throws -> Disposition {
        let answers = ImmediateAnswers(runtime)
        return switch call {
        case .isA(let id): .success(.boolean(answers.isA(id)))
        case .nonExistent: .success(.boolean(false))
        case .interface: .answer(.failure(SystemException.noInterfaceRepository))
        case .ping: .success(.void)
        case .name: .success(.string(runtime.name.text))
        case .description: .success(.string(answers.description))
        case .adminName: .success(.string(runtime.adminName))
        case .state: .operation(.state(StateOperation()))
        case .status: .operation(.status(StatusOperation()))
        case .info: .success(.info(answers.info))
        case .blackBox(let count): Self.blackBox(try runtime.blackBox.page(Int(count)))
        case .commandList: .success(.commandInfos(answers.commandInfos))
        case .commandInfo(let name, _): .success(.commandInfo(try answers.commandInfo(name)))
        case .command(let name, let argument, let source, let identity, _):
            if source != .device, let cached = try runtime.pollCache.command(name, source) {
                .success(.command(cached))
            } else {
                .operation(
                    .command(CommandOperation(name: name, argument: argument, caller: Self.caller(identity, requester, runtime))))
            }
        case .commandHistory(let name, let count, _): .success(.commandHistory(try runtime.pollCache.commandHistory(name, Int(count))))
        case .readAttributes(let names, let source, _, let version):
            if source != .device, let cached = runtime.pollCache.attributes(names, source) {
                try Self.read(cached, source, version)
            } else {
                .operation(.read(ReadOperation(names: names, source: source, version: version)))
            }
        case .writeAttributes(let values, _, let version):
            .operation(.write(WriteOperation(values: values, read: nil, version: version)))
        case .writeReadAttributes(let values, let names, _, _):
            .operation(.write(WriteOperation(values: values, read: names, version: 4)))
        case .attributeConfigs(let names, let version):
            if runtime.members.hasForwarded(among: names) {
                .operation(.forwarded(ForwardedQuery(.configs(names, version: version))))
            } else {
                .success(.attributeConfigs(try runtime.attributeConfigs(names, version)))
            }
        case .setAttributeConfigs(let configs, _, let version):
            .operation(.configure(ConfigureOperation(configs: configs, version: version)))
        case .attributeHistory(let name, let count, _):
            if runtime.members.hasForwarded(among: [name]) {
                .operation(.forwarded(ForwardedQuery(.history(name, count: Int(count)))))
            } else {
                .success(.attributeHistory(try runtime.pollCache.attributeHistory(name, Int(count))))
            }
        case .pipeConfigs(let names): .success(.pipeConfigs(try runtime.pipeConfigs(names)))
        case .setPipeConfigs(let configs, _): .success(try runtime.setPipeConfigs(configs))
        case .readPipe(let name, _): .operation(.pipe(PipeOperation(name: name, .read)))
        case .writePipe(let value, _): .operation(.pipe(PipeOperation(name: value.name, .write(value.blob))))
        case .writeReadPipe(let value, _): .operation(.pipe(PipeOperation(name: value.name, .writeAndRead(value.blob))))
        }
    }

    private static func caller(_ identity: ClientIdentity?, _ requester: BlackBox.Requester, _ runtime: DeviceRuntime) -> Caller? {
        runtime.deviceClass.passesCaller ? Caller(identity: identity, peer: requester.peer) : nil
    }

    /// Lines whose hosts have to be looked up need an operation.
    private static func blackBox(_ page: BlackBox.Page) -> Disposition {
        page.remoteHosts.isEmpty ? .success(.strings(page.lines())) : .operation(.blackBox(BlackBoxQuery(page)))
    }

    /// Answers from the poll cache when it has all of the attributes; else the others are read.
    private static func read(_ cached: CachedAttributes, _ source: DevSource, _ version: Int) throws -> Disposition {
        guard let values = try cached.complete(version: version) else {
            return .operation(.read(ReadOperation(names: cached.names, source: source, version: version, cached: cached.values)))
        }
        return .success(.attributeValues(values))
    }
}

extension Disposition {
    fileprivate static func success(_ result: DeviceResult) -> Disposition { .answer(.success(result)) }
}
