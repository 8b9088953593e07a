import HTTPTypes
import TangoClient
import TangoCore

/// The stream of values that one request opens, without a subscription.
struct StreamResource: Sendable {
    let request: ResourceRequest

    /// Most attributes of one stream.
    private static let targetLimit = 256

    /// Answers the stream, after finding its attributes.
    /// - Throws: 400 without targets or for bad ones, 404 for unknown ones, 503 when too many streams are open or a device does not answer.
    func stream() async throws -> Answer {
        let query = self.request.query
        let texts = query.all("target")
        guard (1...Self.targetLimit).contains(texts.count) else {
            throw HTTPFailure.badRequest("A stream has 1 to \(Self.targetLimit) targets: give {host}:{port}/domain/family/member/attribute")
        }
        var period = 1000
        if let text = query.first("period") {
            guard let number = Int(text), EventStream.periods.contains(number) else {
                let periods = EventStream.periods
                throw HTTPFailure.badRequest("period is a number of milliseconds from \(periods.lowerBound) to \(periods.upperBound)")
            }
            period = number
        }
        var targets: [EventStream.Target] = []
        for text in texts {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { String($0) }
            guard (4...5).contains(parts.count), parts.allSatisfy({ !$0.isEmpty }) else {
                throw HTTPFailure.badRequest("\"\(text)\" is not {host}:{port}/domain/family/member/attribute")
            }
            let host = parts.count == 5 ? try TangoHost(authority: parts[0]) : try self.request.defaultHost()
            let device = DeviceReference(host: host, name: parts.suffix(4).dropLast().joined(separator: "/"))
            let (proxy, _) = try await self.request.open(device)
            let config = try await upstream(.resolving) { () async throws(DevFailed) in
                try await self.request.knownConfig(device, parts[parts.count - 1], proxy)
            }
            targets.append(EventStream.Target(number: targets.count + 1, device: device, attribute: config.name))
        }
        guard let slot = self.request.services.streams.enter() else {
            var failure = HTTPFailure(.serviceUnavailable, .restUnavailable, "Too many streams are open")
            failure.headers[.retryAfter] = "1"
            throw failure
        }
        var request = self.request
        request.http = request.http.withoutBody
        return Answer(
            content: .events(
                EventStream(
                    targets: targets, period: .milliseconds(period), request: request, int64Style: try query.int64Style, slot: slot)))
    }
}
