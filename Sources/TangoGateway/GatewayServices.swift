import Logging
import TangoClient
import TangoCore
import TangoIIOP

/// Parts that all requests share.
final class GatewayServices: Sendable {
    let configuration: GatewayConfiguration
    let controlSystem: ControlSystem
    let logger: Logger
    let executors: EventLoops
    let browserPolicy: BrowserPolicy
    let paths = PathCache()
    let coalescer = RequestCoalescer()
    let attributeConfigs: ExpiringCache<MemberKey, AttributeConfig, DevFailed>
    /// Types of arguments. A stale entry makes one command fail at worst, so commands and writes do not invalidate them.
    let commandInfos: ExpiringCache<MemberKey, CommandInfo, DevFailed>
    /// Per host: aliases by device name in lower case.
    let aliases: ExpiringCache<TangoHost, [String: String], DevFailed>
    /// Per host: what is wrong with its database; `nil` when it answers.
    let readiness: ExpiringCache<TangoHost, String?, Never>
    let bodyBudget: BodyBudget
    let streams = EventStream.Slots()
    let unresponsiveDevices = UnresponsiveDevices()
    /// `nil` when every user has the rights of this program.
    let accessRights: AccessRights?
    let requestLog: RequestLog
    /// Changes that are finished after their answer.
    let backgroundChanges = BackgroundChanges()

    init(configuration: GatewayConfiguration, controlSystem: ControlSystem, logger: Logger) {
        self.configuration = configuration
        self.controlSystem = controlSystem
        self.logger = logger
        self.browserPolicy = BrowserPolicy(configuration)
        self.bodyBudget = BodyBudget(limit: max(configuration.maximumBodiesSize, configuration.maximumBodySize))
        self.executors = controlSystem.eventLoops
        self.attributeConfigs = ExpiringCache(lifetime: configuration.listLifetime, executors: self.executors, group: \.device)
        self.commandInfos = ExpiringCache(lifetime: configuration.listLifetime, executors: self.executors)
        self.aliases = ExpiringCache(lifetime: configuration.listLifetime, executors: self.executors)
        self.readiness = ExpiringCache(lifetime: .seconds(1), executors: self.executors)
        self.accessRights = configuration.usesAccessControl ? AccessRights(lifetime: configuration.accessLifetime) : nil
        self.requestLog = RequestLog(logger: logger)
        controlSystem.callObserver = self.requestLog.metrics
    }

    /// Drops what a write or command made stale. A database may have several names, so the host does not count.
    func invalidate(_ stale: CacheInvalidation) {
        switch stale {
        case .attribute(let device, let name):
            let attribute = MemberKey(device, name)
            self.attributeConfigs.invalidate(group: attribute.device) { $0.member == attribute.member }
        case .device(let device): self.attributeConfigs.invalidate(group: MemberKey(device).device)
        case .server: self.attributeConfigs.invalidate()
        case .database:
            self.attributeConfigs.invalidate()
            self.aliases.invalidate()
        }
    }

    /// Hits and misses of each cache.
    var cacheFigures: [(name: String, hits: UInt64, misses: UInt64)] {
        [
            ("attribute_configs", self.attributeConfigs.hitCount, self.attributeConfigs.missCount),
            ("command_infos", self.commandInfos.hitCount, self.commandInfos.missCount),
            ("aliases", self.aliases.hitCount, self.aliases.missCount),
        ]
    }
}
