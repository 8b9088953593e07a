import HTTPTypes
import TangoClient
import TangoCore

extension Exchange {
    /// How long a database may take to show that it is there.
    private static let readinessLimit = Duration.seconds(1)

    func apiDescription() -> Answer {
        Answer(
            content: .bytes(OpenAPI.bytes, contentType: MediaType.json.contentType), lifetime: self.configuration.treeLifetime)
    }

    func metrics() -> Answer {
        let services = self.services
        return Answer(
            content: .bytes(
                services.journal.metrics.text(
                    caches: services.cacheFigures, joinedRequests: services.joinedRequests.joinedCount,
                    lostRecords: services.journal.lostCount),
                contentType: MetricsText.contentType))
    }

    func liveness() -> Answer { .json(["status": "pass"]) }

    /// Whether the default database answers. Kept for a moment, since anybody may ask; where there are users, only they are told about it.
    /// - Throws: 503 when it does not.
    func readiness() async throws(HTTPFailure) -> Answer {
        let services = self.services
        let host: TangoHost
        do {
            host = try services.configuration.defaultTangoHost ?? services.controlSystem.defaultHost()
        } catch {
            // Clients name the host each time.
            return .json(["status": "pass"])
        }
        let isTrusted = !services.configuration.authenticates || self.request.user != nil
        let problem = await services.readiness.value(host.folded, isFresh: false) { () async -> String? in
            let outcome = await withDeadline(min(services.configuration.timeout, Self.readinessLimit), on: services.executors.any()) {
                () async -> String? in
                do throws(DevFailed) {
                    try await services.controlSystem.database(host).device().ping()
                    return nil
                } catch {
                    return TangoText.decode(error.errors.first?.description ?? error.reason.rawValue)
                }
            }
            let problem = outcome ?? "There was no answer within \(Self.readinessLimit)"
            if let problem { services.logger.warning("Not ready: the database \(host) cannot be used: \(problem)") }
            return problem
        }
        guard let problem else {
            return .json(isTrusted ? ["status": "pass", "database": .string(host.description)] : ["status": "pass"])
        }
        var failure = HTTPFailure(
            .serviceUnavailable, .restUnavailable, isTrusted ? "The database \(host) cannot be used: \(problem)" : "Not ready")
        failure.headers[.retryAfter] = "1"
        throw failure
    }
}

extension GatewayServices {
    /// How often each cache had the answer, and how often not.
    var cacheFigures: [(name: String, hits: UInt64, misses: UInt64)] {
        [
            ("attribute_configs", self.attributeConfigs.hitCount, self.attributeConfigs.missCount),
            ("command_infos", self.commandInfos.hitCount, self.commandInfos.missCount),
            ("aliases", self.aliases.hitCount, self.aliases.missCount),
        ]
    }
}
