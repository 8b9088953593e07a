import HTTPTypes
import NIOPosix
import TangoClient
import TangoCore

extension Exchange {
    /// Configuration of an attribute, not fetched for each request.
    func knownConfig(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(DevFailed) -> AttributeConfig {
        try await self.services.attributeConfigs.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
            try await proxy.attributeConfig(name)
        }
    }

    /// Configuration of the attribute of the URL.
    private func config(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(HTTPFailure) -> AttributeConfig {
        try await upstream(.resolving) { () async throws(DevFailed) in try await self.knownConfig(device, name, proxy) }
    }

    /// Version of the interface the device speaks.
    private func interface(_ proxy: DeviceProxy) async throws(HTTPFailure) -> Int {
        try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.interfaceVersion() }
    }

    func attributeList(_ device: DeviceReference) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfigs(nil) }
        let interface = try await self.interface(proxy)
        return .json(.array(configs.map { $0.entity(links, interface: interface) }), lifetime: self.configuration.listLifetime)
    }

    func attributeInfos(_ device: DeviceReference) async throws -> Answer {
        let names = self.query.all("attr").map(TangoText.encode)
        let (proxy, _) = try await self.open(device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in
            try await proxy.attributeConfigs(names.isEmpty ? nil : names)
        }
        let interface = try await self.interface(proxy)
        return .json(.array(configs.map { $0.info(interface: interface) }), lifetime: self.configuration.listLifetime)
    }

    func attribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        let entity = config.entity(links, interface: try await self.interface(proxy), url: self.url)
        return .json(entity, lifetime: self.configuration.listLifetime)
    }

    func attributeInfo(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, _) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        return .json(config.info(interface: try await self.interface(proxy)), lifetime: self.configuration.listLifetime)
    }

    func writeAttributeInfo(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        guard let body = try await self.jsonBody()?.object else { throw HTTPFailure.badRequest("An AttributeInfo is expected in the body") }
        let (proxy, _) = try await self.open(device)
        let current = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfig(name) }
        let changed = try AttributeInfoChange(body).applied(to: current)
        let interface = try await self.interface(proxy)
        return try await self.change(isAsync, [.attribute(device, name)]) {
            try await proxy.setAttributeConfigs([changed])
            let config = try await readingBack(name) { () async throws(DevFailed) in try await proxy.attributeConfig(name) }
            return .json(config.info(interface: interface))
        }
    }

    func readAttribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let isPicture = self.media == .jpeg || self.media == .png
        var config = isPicture ? try await self.config(device, name, proxy) : nil
        if let config, config.format != .image { throw HTTPFailure.badRequest("\(config.name) is no image") }
        let value: AttributeValue
        do throws(DevFailed) {
            value = try await proxy.readAttribute(name)
        } catch {
            // Whether it is the attribute of the URL that is not found, or one the device itself looked for.
            if error.errors.contains(where: { $0.reason == .attributeNotFound }) { _ = try await self.config(device, name, proxy) }
            throw HTTPFailure(error, while: .calling)
        }
        if config == nil { config = await self.neededConfig(of: value, device, proxy) }
        var answer: Answer
        let (media, knownConfig, size) = (self.media, config, value.data.count)
        switch media {
        case .json: answer = Answer(content: .making(size) { .json(value.entity(links, config: knownConfig)) })
        case .text:
            answer = Answer(
                content: .making(size) { .bytes(value.json(config: knownConfig).serialized(), contentType: media.contentType) })
        case .jpeg:
            // Not on the event loop, which others wait for too.
            var bytes = try await NIOThreadPool.singleton.runIfActive { try value.picture().jpeg() }
            // The specified form is a text; the bytes themselves are for those who ask for them.
            if try !self.query.flag("raw") { bytes = Array(("data:/jpeg;base64," + Base64.encode(bytes)).utf8) }
            answer = Answer(content: .bytes(bytes, contentType: self.media.contentType))
            answer.headers[.contentDisposition] = "inline"
        case .png:
            let bytes = try await NIOThreadPool.singleton.runIfActive { try value.picture().png() }
            answer = Answer(content: .bytes(bytes, contentType: self.media.contentType))
            answer.headers[.contentDisposition] = "inline"
        }
        answer.lifetime = self.configuration.valueLifetime
        answer.modified = value.time
        answer.isNegotiated = true
        return answer
    }

    /// Several values in one call; failing ones are failing items.
    func readAttributes(_ device: DeviceReference) async throws -> Answer {
        let names = self.query.all("attr").map(TangoText.encode)
        guard !names.isEmpty else { throw HTTPFailure.badRequest("The parameter attr is missing") }
        let hasSetPoints = try self.query.wantsSetPoints
        let (proxy, links) = try await self.open(device)
        let values = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.readAttributes(names) }
        var configs: [AttributeConfig?] = []
        for value in values { configs.append(await self.neededConfig(of: value, device, proxy)) }
        let known = configs
        let content = Answer.Content.making(values.reduce(0) { $0 + $1.data.count }) {
            .json(.array(zip(values, known).map { value, config in value.entity(links, config: config, hasSetPoint: hasSetPoints) }))
        }
        return Answer(content: content, lifetime: self.configuration.valueLifetime)
    }

    /// What an AttributeValue cannot be written without: the labels of an enumeration, the format of a value of an old device.
    func neededConfig(of value: AttributeValue, _ device: DeviceReference, _ proxy: DeviceProxy) async -> AttributeConfig? {
        let isEnum = value.type == .enum || (value.type == nil && value.data.elementType == .short)
        guard isEnum || (value.format == .unknown && value.errors.isEmpty) else { return nil }
        return try? await self.knownConfig(device, value.name, proxy)
    }

    func writeAttribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let texts = self.query.all("v")
        let body = texts.isEmpty ? try await self.jsonBody() : nil
        guard !texts.isEmpty || body != nil else { throw HTTPFailure.badRequest("There is no value: give the parameter v or a JSON body") }
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        let write = try await self.converting { () throws(HTTPFailure) in
            guard let body else { return try config.write(texts: texts) }
            return try config.write(body.object?["value"] ?? body)
        }
        return try await self.change(isAsync, [.device(device)]) {
            try await proxy.writeAttribute(write)
            let value = try await readingBack(config.name) { () async throws(DevFailed) in
                try await proxy.readAttribute(config.name, source: .device)
            }
            var answer = Answer.json(value.entity(links, config: config))
            answer.modified = value.time
            return answer
        }
    }

    /// Writes the attributes named in the query, the good ones even when others fail.
    func writeAttributes(_ device: DeviceReference) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let named = self.query.named()
        guard !named.isEmpty else { throw HTTPFailure.badRequest("There is nothing to write: give {attribute}={value}") }
        let (proxy, links) = try await self.open(device)
        let plans = try await upstream(.resolving) { () async throws(DevFailed) in
            try await AttributePlan.make(
                named.map { name, texts in
                    (TangoText.encode(name), { config throws(HTTPFailure) in try config.write(texts: texts) })
                }, proxy, for: self)
        }
        if isAsync {
            for plan in plans { _ = try plan.outcome.get() }
        }
        let origin = self.origin
        return try await self.change(isAsync, [.device(device)]) {
            .json(.array(await AttributePlan.write(plans, proxy, links, origin: origin)))
        }
    }

    func attributeHistory(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let count = try self.query.count("n", default: 10, limit: 1000)
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        let history = try await upstream(.calling) { () async throws(DevFailed) in
            try await proxy.attributeHistory(config.name, count: count)
        }
        return .json(
            .array(history.values.map { $0.historyEntity(links, config: config) }), lifetime: self.configuration.valueLifetime)
    }
}
