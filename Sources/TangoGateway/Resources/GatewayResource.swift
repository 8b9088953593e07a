import HTTPTypes
import Logging
import TangoClient
import TangoCore
import TangoIIOP

/// What the gateway says about itself: entry points, description, health, metrics.
struct GatewayResource: Sendable {
    let request: ResourceRequest

    /// How long a database may take to answer the readiness check.
    private static let readinessLimit = Duration.seconds(1)

    func entryPoint() -> Answer {
        var object = JSONObject()
        for version in APIVersion.allCases { object[version.rawValue] = .string("\(self.request.url)/\(version.rawValue)") }
        return .json(.object(object), lifetime: self.request.configuration.listLifetime)
    }

    /// Also lists the supported authentication schemes.
    func version() -> Answer {
        let configuration = self.request.configuration
        var answer = Answer.json(["hosts": .string(self.request.url + "/hosts")], lifetime: configuration.listLifetime)
        if configuration.authenticates { answer.headers = Authenticator.challenges(configuration) }
        return answer
    }

    func apiDescription() -> Answer {
        Answer(
            content: .bytes(OpenAPI.bytes, contentType: MediaType.json.contentType), lifetime: self.request.configuration.treeLifetime)
    }

    func metrics() -> Answer {
        let services = self.request.services
        return Answer(
            content: .bytes(
                services.requestLog.metrics.text(
                    caches: services.cacheFigures, coalescedRequests: services.coalescer.coalescedCount,
                    lostRecords: services.requestLog.lostCount),
                contentType: MetricsText.contentType))
    }

    func liveness() -> Answer { .json(["status": "pass"]) }

    /// Checks that the default database answers. The result is kept for a second, since anybody may call this; where there are users, only
    /// they get details.
    /// - Throws: 503 when it does not answer.
    func readiness() async throws(HTTPFailure) -> Answer {
        let services = self.request.services
        let host: TangoHost
        do {
            host = try services.configuration.defaultTangoHost ?? services.controlSystem.defaultHost()
        } catch {
            // There is no default: clients name the host in each request.
            return .json(["status": "pass"])
        }
        let isTrusted = !services.configuration.authenticates || self.request.http.user != nil
        let problem = await services.readiness.value(host.folded, isFresh: false) { () async -> String? in
            let outcome = await withDeadline(min(services.configuration.timeout, Self.readinessLimit), on: services.executors.any()) {
                () async -> String? in
                do throws(DevFailed) {
                    try await services.controlSystem.database(host).device().ping()
                    return nil
                } catch {
                    return error.errors.first?.description ?? error.reason.rawValue
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
