import TangoClient
import TangoCore

/// The attributes of a device: configurations of all or some, values of several.
struct AttributeListResource: Sendable {
    let request: ResourceRequest
    let device: DeviceReference

    func list() async throws -> Answer {
        let (proxy, links) = try await self.request.open(self.device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfigs(nil) }
        let interface = try await AttributeResource.interface(proxy)
        return .json(.array(configs.map { $0.entity(links, interface: interface) }), lifetime: self.request.configuration.listLifetime)
    }

    func infos() async throws -> Answer {
        let names = self.request.query.all("attr")
        let (proxy, _) = try await self.request.open(self.device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in
            try await proxy.attributeConfigs(names.isEmpty ? nil : names)
        }
        let interface = try await AttributeResource.interface(proxy)
        return .json(.array(configs.map { $0.info(interface: interface) }), lifetime: self.request.configuration.listLifetime)
    }

    /// Reads several attributes in one call. Those that fail are failing items.
    func read() async throws -> Answer {
        let names = self.request.query.all("attr")
        let hasSetPoints = try self.request.query.wantsSetPoints
        let (proxy, links) = try await self.request.open(self.device)
        guard !names.isEmpty else {
            // An attribute may be called value.
            guard try await self.hasAttribute("value", proxy) else { throw HTTPFailure.badRequest("The parameter attr is missing") }
            return try await AttributeResource(request: self.request, device: self.device, name: "value").entity()
        }
        let values = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.readAttributes(names) }
        var configs: [AttributeConfig?] = []
        for value in values { configs.append(await self.request.namingConfig(of: value, self.device, proxy)) }
        let known = configs
        let content = Answer.Content.deferred(elementCount: values.reduce(0) { $0 + $1.data.count }) {
            .json(.array(zip(values, known).map { value, config in value.entity(links, config: config, hasSetPoint: hasSetPoints) }))
        }
        return Answer(content: content, lifetime: self.request.configuration.valueLifetime)
    }

    /// Names of the options of a write; every other name in its query is an attribute.
    private static let writeOptions = ["async", "filter"]

    /// Writes the attributes named in the query. Those that fail are failing items and keep none of the others from being written.
    /// - Throws: 400 when an option is the name of an attribute, too.
    func write() async throws -> Answer {
        let query = self.request.query
        let isAsync = try query.flag("async")
        let named = query.members(besides: Set(Self.writeOptions)).grouped
        let (proxy, links) = try await self.request.open(self.device)
        for option in query.used(Self.writeOptions) where try await self.hasAttribute(option, proxy) {
            throw HTTPFailure.badRequest(
                "The name \(option) is an option of this request and an attribute of \(links.device): write this one at "
                    + "…/attributes/\(option)/value")
        }
        guard !named.isEmpty else { throw HTTPFailure.badRequest("There is nothing to write: give {attribute}={value}") }
        let plans = try await upstream(.resolving) { () async throws(DevFailed) in
            try await AttributePlan.make(
                named.map { name, texts in
                    (name, { config throws(HTTPFailure) in try AttributeWrite(texts: texts, for: config) })
                }, proxy, for: self.request)
        }
        if isAsync {
            for plan in plans { _ = try plan.outcome.get() }
        }
        let origin = self.request.origin
        return try await self.request.change(isAsync, [.device(self.device)]) {
            .json(.array(await AttributePlan.write(plans, proxy, links, origin: origin)))
        }
    }

    private func hasAttribute(_ name: String, _ proxy: DeviceProxy) async throws(HTTPFailure) -> Bool {
        do throws(DevFailed) {
            _ = try await self.request.knownConfig(self.device, name, proxy)
            return true
        } catch {
            if error.errors.contains(where: { $0.reason == .attributeNotFound }) { return false }
            throw HTTPFailure(error, while: .resolving)
        }
    }
}
