import HTTPTypes

/// The body of a request, and the change it makes.
extension ResourceRequest {
    /// Size of a body, in bytes, from which it is converted off the event loop.
    static let largeBody = 256 * 1024

    /// Does work that takes the longer the larger the body is: see `LongWork`.
    func converting<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // Small bodies are the rule: no look at the event loop for them.
        guard self.http.body.count >= Self.largeBody else { return try work() }
        return try await LongWork.run(if: true, from: self.executor.eventLoop, work)
    }

    /// Returns the body as JSON; `nil` when it is empty.
    /// - Throws: 415 when its declared type is another one, 400 when it is not JSON.
    func jsonBody() async throws(HTTPFailure) -> JSONValue? {
        guard !self.http.body.isEmpty else { return nil }
        if let type = self.http.headers[.contentType], !MediaType.isJSON(type) {
            throw HTTPFailure(.unsupportedMediaType, .restUnsupportedMediaType, "The body must be application/json, not \(type)")
        }
        let body = self.http.body
        return try await self.converting { () throws(HTTPFailure) in
            do throws(JSONSyntaxError) {
                return try JSONValue(parsing: body)
            } catch {
                throw HTTPFailure.badJSON("\(error.problem) at byte \(error.offset) of the body")
            }
        }
    }

    /// Returns the body as form pairs; `nil` when it is no form.
    func formBody() async throws(HTTPFailure) -> Query? {
        guard let type = self.http.headers[.contentType], MediaType.isForm(type) else { return nil }
        let body = self.http.body
        return try await self.converting { () throws(HTTPFailure) in try Query(parsing: String(decoding: body, as: UTF8.self)) }
    }

    /// Does the part of a request that changes something, at once or, with `async`, after the answer.
    /// - Parameter stale: what the caches must not know any more afterwards, whether the work fails or not.
    /// - Throws: what the work throws; with `async` 503 when too many changes wait to be done.
    func change(
        _ isAsync: Bool, _ stale: [CacheInvalidation], _ work: @escaping @Sendable () async throws -> Answer
    ) async throws -> Answer {
        let services = self.services
        guard isAsync else {
            defer { for part in stale { services.invalidate(part) } }
            return try await work()
        }
        let (method, path) = (self.http.method, self.http.path)
        try services.backgroundChanges.start {
            do {
                _ = try await work()
            } catch {
                services.logger.warning("\(method) \(path) failed after its answer: \(error)")
            }
            for part in stale { services.invalidate(part) }
        }
        return .noContent
    }
}
