import HTTPTypes
import TangoCore

/// Makes the response of a successful answer: range, filter, validators and links.
struct ResponseShaper {
    let request: ResourceRequest
    var int64Style = Int64Style.number

    private var http: GatewayRequest { self.request.http }
    private var isReading: Bool { self.http.method == .get || self.http.method == .head }

    func response(for answer: Answer) throws(HTTPFailure) -> GatewayResponse {
        var response = GatewayResponse(status: .ok, headers: answer.headers)
        var links: [String] = []
        try self.setBody(of: &response, to: answer.content, &links)
        if answer.isNegotiated { response.headers[.vary] = "Accept" }
        if let modified = answer.modified { response.headers[.lastModified] = HTTPDate.recent(Int64(modified.seconds)) }
        let coding = ContentCoding(accepting: self.http.headers[.acceptEncoding])
        if case .events = response.body { return response }
        guard self.isReading else {
            response.headers[.cacheControl] = "no-store"
            coding.apply(to: &response)
            return response
        }
        self.addCaching(to: &response, lifetime: answer.lifetime)
        response.headers[.link] = (self.pathLinks + links).joined(separator: ", ")
        if self.isUnchanged(response, answer.modified) {
            response.status = .notModified
            // That of the representation the client has.
            if coding == .gzip, let tags = self.http.headers[.ifNoneMatch], let tag = response.headers[.eTag],
                !EntityTag.matches(tags, tag)
            {
                response.headers[.eTag] = coding.tag(tag)
            }
            ContentCoding.addVary(to: &response)
            response.body = .none
            response.headers[.contentType] = nil
        }
        coding.apply(to: &response)
        return response
    }

    /// Serializes the content.
    /// - Parameter links: gets the links to other parts of a list.
    private func setBody(
        of response: inout GatewayResponse, to content: Answer.Content, _ links: inout [String]
    ) throws(HTTPFailure) {
        switch content {
        case .none: response.status = .noContent
        case .bytes(let bytes, let type):
            response.body = .bytes(bytes)
            response.headers[.contentType] = type
        case .events(let stream):
            response.body = .events(stream)
            response.headers[.contentType] = "text/event-stream"
            response.headers[.cacheControl] = "no-store"
            response.headers[.accelBuffering] = "no"
        case .json(var value):
            if let items = value.array { value = .array(try self.part(of: items, &response, &links)) }
            response.body = .bytes(Filter(self.request.query.all("filter")).apply(to: value).serialized())
            response.headers[.contentType] = MediaType.json.contentType
        case .deferred(_, let make):
            // On a thread of the pool no value of the request's task is known.
            try self.setBody(of: &response, to: Int64Style.$current.withValue(self.int64Style) { make() }, &links)
        }
    }

    /// Returns the part of a list that the request names.
    private func part(
        of items: [JSONValue], _ response: inout GatewayResponse, _ links: inout [String]
    ) throws(HTTPFailure) -> [JSONValue] {
        response.headers[.size] = String(items.count)
        response.headers[.acceptRanges] = "items"
        guard self.isReading,
            let range = try ItemRange(query: self.request.query.first("range"), header: self.http.headers[.range], size: items.count)
        else { return items }
        let part = try range.clamped(to: items.count)
        response.status = .partialContent
        response.headers[.contentRange] = "items \(part.lowerBound)-\(part.upperBound)/\(items.count)"
        let others = self.http.query.split(separator: "&").filter { !$0.hasPrefix("range=") }.map { $0 + "&" }.joined()
        let url = self.request.url.lowercased()
        links = range.links(size: items.count) { "\(url)?\(others)range=\($0)" }
        return Array(items[part])
    }

    private func addCaching(to response: inout GatewayResponse, lifetime: Duration) {
        let milliseconds = lifetime.milliseconds
        let audience = self.request.configuration.authenticates ? "private, " : ""
        response.headers[.cacheControl] = "\(audience)no-transform, max-age=\(milliseconds / 1000), max-age-millis=\"\(milliseconds)\""
        response.headers[.expires] = HTTPDate.recent((Timestamp.now.milliseconds + milliseconds) / 1000)
        response.headers[.eTag] = EntityTag.of(response.body.bytes)
    }

    /// Whether the client has this already. The entity tag, when given, decides alone.
    private func isUnchanged(_ response: GatewayResponse, _ modified: Timestamp?) -> Bool {
        if let tags = self.http.headers[.ifNoneMatch] {
            guard let tag = response.headers[.eTag] else { return false }
            return EntityTag.matches(tags, tag) || EntityTag.matches(tags, ContentCoding.gzip.tag(tag))
        }
        guard let modified, let since = self.http.headers[.ifModifiedSince].flatMap(HTTPDate.parse) else { return false }
        return Int64(modified.seconds) <= since
    }

    /// Links to the resource and its parent, in lower case.
    private var pathLinks: [String] {
        let url = self.request.url.lowercased()
        var links = ["<\(url)>; rel=\"self\""]
        let parent: String?
        switch self.request.path.resource {
        case .page, .entryPoint, .description, .health, .metrics: parent = nil
        case .defaultTree: parent = self.request.versionURL.lowercased()
        case .device(let device, .device): parent = (self.request.url(of: device.host) + "/devices").lowercased()
        default: parent = url.lastIndex(of: "/").map { String(url[..<$0]) }
        }
        if let parent { links.append("<\(parent)>; rel=\"parent\"") }
        return links
    }
}
