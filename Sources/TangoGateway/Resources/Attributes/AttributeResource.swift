import HTTPTypes
import TangoClient
import TangoCore
import TangoIIOP

/// An attribute of a device: configuration, value, history.
struct AttributeResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference
    let name: String

    /// Returns the configuration of the attribute.
    private func config(_ proxy: DeviceProxy) async throws(HTTPFailure) -> AttributeConfig {
        try await upstream(.resolving) { () async throws(DevFailed) in try await self.request.knownConfig(self.device, self.name, proxy) }
    }

    /// Returns the interface version of the device.
    static func interface(_ proxy: DeviceProxy) async throws(HTTPFailure) -> Int {
        try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.interfaceVersion() }
    }

    func entity() async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        let config = try await self.config(proxy)
        let entity = config.entity(links, interface: try await Self.interface(proxy), url: self.request.url)
        return .json(entity, lifetime: self.request.configuration.listLifetime)
    }

    func info() async throws -> Answer {
        let (proxy, _) = try await self.request.open(self.device)
        let config = try await self.config(proxy)
        return .json(config.info(interface: try await Self.interface(proxy)), lifetime: self.request.configuration.listLifetime)
    }

    func writeInfo() async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        guard let body = try await self.request.jsonBody()?.object else {
            throw HTTPFailure.badRequest("An AttributeInfo is expected in the body")
        }
        let (proxy, _) = try await self.request.open(self.device)
        let current = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfig(self.name) }
        let changed = try AttributeInfoChange(body).applied(to: current)
        let interface = try await Self.interface(proxy)
        return try await self.request.change(isAsync, [.attribute(self.device, self.name)]) {
            try await proxy.setAttributeConfigs([changed])
            let config = try await readingBack(self.name) { () async throws(DevFailed) in try await proxy.attributeConfig(self.name) }
            return .json(config.info(interface: interface))
        }
    }

    /// Reads the attribute, in the negotiated representation.
    func read() async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        let isPicture = self.request.media == .jpeg || self.request.media == .png
        var config = isPicture ? try await self.config(proxy) : nil
        if let config, config.format != .image { throw HTTPFailure.badRequest("\(config.name) is no image") }
        let value: AttributeValue
        do throws(DevFailed) {
            value = try await proxy.readAttribute(self.name)
        } catch {
            // 404 if the attribute of the URL is unknown, not if the device itself looked for another one.
            if error.errors.contains(where: { $0.reason == .attributeNotFound }) { _ = try await self.config(proxy) }
            throw HTTPFailure(error, while: .calling)
        }
        if config == nil { config = await self.request.neededConfig(of: value, self.device, proxy) }
        var answer: Answer
        let (media, knownConfig, size) = (self.request.media, config, value.data.count)
        switch media {
        case .json: answer = Answer(content: .deferred(elementCount: size) { .json(value.entity(links, config: knownConfig)) })
        case .text:
            answer = Answer(
                content: .deferred(elementCount: size) {
                    .bytes(value.json(config: knownConfig).serialized(), contentType: media.contentType)
                })
        case .jpeg, .png:
            let loop = self.request.executor.eventLoop
            var bytes = try await LongWork.run(from: loop, cancellation: .cancelled) { () throws(HTTPFailure) in
                let picture = try value.picture()
                return media == .jpeg ? try picture.jpeg() : try picture.png()
            }
            // The specified form of a JPEG is a text; the bytes themselves need `raw`.
            if media == .jpeg, try !self.request.query.flag("raw") { bytes = Array(("data:/jpeg;base64," + Base64.encode(bytes)).utf8) }
            answer = Answer(content: .bytes(bytes, contentType: media.contentType))
            answer.headers[.contentDisposition] = "inline"
        }
        answer.lifetime = self.request.configuration.valueLifetime
        answer.modified = value.time
        answer.isNegotiated = true
        return answer
    }

    /// Writes the value of the query or the body, and answers what is read back.
    func write() async throws -> Answer {
        let isAsync = try self.request.query.flag("async")
        let texts = self.request.query.all("v")
        let body = texts.isEmpty ? try await self.request.jsonBody() : nil
        guard !texts.isEmpty || body != nil else { throw HTTPFailure.badRequest("There is no value: give the parameter v or a JSON body") }
        let (proxy, links) = try await self.request.open(self.device)
        let config = try await self.config(proxy)
        let write = try await self.request.converting(cancellation: .cancelled) { () throws(HTTPFailure) in
            guard let body else { return try AttributeWrite(texts: texts, for: config) }
            return try AttributeWrite(body.object?["value"] ?? body, for: config)
        }
        return try await self.request.change(isAsync, [.device(self.device)]) {
            try await proxy.writeAttribute(write)
            let value = try await readingBack(config.name) { () async throws(DevFailed) in
                try await proxy.readAttribute(config.name, source: .device)
            }
            var answer = Answer.json(value.entity(links, config: config))
            answer.modified = value.time
            return answer
        }
    }

    func history() async throws -> Answer {
        let count = try self.request.query.count("n", default: 10, limit: 1000)
        let (proxy, links) = try await self.request.open(self.device)
        let config = try await self.config(proxy)
        let history = try await upstream(.calling) { () async throws(DevFailed) in
            try await proxy.attributeHistory(config.name, count: count)
        }
        return .json(
            .array(history.values.map { $0.historyEntity(links, config: config) }), lifetime: self.request.configuration.valueLifetime)
    }
}
