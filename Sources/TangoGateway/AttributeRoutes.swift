import Hummingbird
import TangoClient
import TangoCore

extension Exchange {
    /// Configuration of the attribute of the URL.
    private func config(_ device: DeviceReference, _ name: String, _ proxy: DeviceProxy) async throws(HTTPFailure) -> AttributeConfig {
        try await upstream(.resolving) { () async throws(DevFailed) in
            try await self.services.attributeConfigs.value(MemberKey(device, name), isFresh: self.isFresh) { () async throws(DevFailed) in
                try await proxy.attributeConfig(name)
            }
        }
    }

    /// Version of the interface the device speaks; 5 when it does not tell.
    private func interface(_ device: DeviceReference, _ proxy: DeviceProxy) async -> Int32 {
        (try? await self.services.interfaces.value(MemberKey(device), isFresh: false) { () async throws(DevFailed) in
            try await proxy.info().serverVersion
        }) ?? 5
    }

    func attributeList(_ device: DeviceReference) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfigs(nil) }
        return .json(.array(configs.map { $0.entity(links) }), lifetime: self.configuration.listLifetime)
    }

    func attributeInfos(_ device: DeviceReference) async throws -> Answer {
        let names = self.query.all("attr").map(TangoText.encode)
        let (proxy, _) = try await self.open(device)
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in
            try await proxy.attributeConfigs(names.isEmpty ? nil : names)
        }
        let interface = await self.interface(device, proxy)
        return .json(.array(configs.map { $0.info(interface: interface) }), lifetime: self.configuration.listLifetime)
    }

    func attribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        return .json(try await self.config(device, name, proxy).entity(links, url: self.url), lifetime: self.configuration.listLifetime)
    }

    func attributeInfo(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, _) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        return .json(config.info(interface: await self.interface(device, proxy)), lifetime: self.configuration.listLifetime)
    }

    func writeAttributeInfo(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        guard let body = try self.jsonBody()?.object else { throw HTTPFailure.badRequest("An AttributeInfo is expected in the body") }
        let (proxy, _) = try await self.open(device)
        let current = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfig(name) }
        let changed = try AttributeInfoChange(body).applied(to: current)
        let interface = await self.interface(device, proxy)
        return try await self.change(isAsync) {
            try await proxy.setAttributeConfigs([changed])
            return .json(try await proxy.attributeConfig(name).info(interface: interface))
        }
    }

    func readAttribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        if self.media == .jpeg, config.format != .image { throw HTTPFailure.badRequest("\(config.name) is no image") }
        let value = try await upstream(.calling) { () async throws(DevFailed) in try await proxy.readAttribute(config.name) }
        var answer: Answer
        switch self.media {
        case .json: answer = .json(value.entity(links, config: config))
        case .text: answer = Answer(content: .bytes(value.json(config: config).serialized(), contentType: self.media.contentType))
        case .jpeg:
            let picture = "data:/jpeg;base64," + Base64.encode(try value.jpeg())
            answer = Answer(content: .bytes(Array(picture.utf8), contentType: self.media.contentType))
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
        let (proxy, links) = try await self.open(device)
        let values = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.readAttributes(names) }
        return .json(.array(await self.entities(values, device, proxy, links)), lifetime: self.configuration.valueLifetime)
    }

    /// AttributeValues, with the labels of those that are enumerations.
    private func entities(
        _ values: [AttributeValue], _ device: DeviceReference, _ proxy: DeviceProxy, _ links: DeviceLinks
    ) async -> [JSONValue] {
        var entities: [JSONValue] = []
        for value in values {
            let isEnum = value.type == .enum || (value.type == nil && value.data.elementType == .short)
            let config = isEnum ? try? await self.config(device, value.name, proxy) : nil
            entities.append(value.entity(links, config: config))
        }
        return entities
    }

    func writeAttribute(_ device: DeviceReference, _ name: String) async throws -> Answer {
        let isAsync = try self.query.flag("async")
        let texts = self.query.all("v")
        let body = texts.isEmpty ? try self.jsonBody() : nil
        guard !texts.isEmpty || body != nil else { throw HTTPFailure.badRequest("There is no value: give the parameter v or a JSON body") }
        let (proxy, links) = try await self.open(device)
        let config = try await self.config(device, name, proxy)
        let write =
            try body.map { body throws(HTTPFailure) in try config.write(body.object?["value"] ?? body) } ?? config.write(texts: texts)
        return try await self.change(isAsync) {
            try await proxy.writeAttribute(write)
            let value = try await proxy.readAttribute(config.name, source: .device)
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
        let configs = try await upstream(.resolving) { () async throws(DevFailed) in try await proxy.attributeConfigs(nil) }
        let origin = "\(self.request.method) \(self.request.path)"
        var plans: [(name: String, plan: Result<(AttributeConfig, AttributeWrite), HTTPFailure>)] = []
        for (name, texts) in named {
            let name = TangoText.encode(name)
            guard let config = configs.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
                let failed = DevFailed(.attributeNotFound, "Attribute \(name) is not found in \(links.device)", origin: origin)
                plans.append((name, .failure(HTTPFailure(failed, while: .resolving))))
                continue
            }
            do throws(HTTPFailure) {
                plans.append((config.name, .success((config, try config.write(texts: texts)))))
            } catch {
                plans.append((config.name, .failure(error)))
            }
        }
        if isAsync {
            for (_, plan) in plans { _ = try plan.get() }
        }
        let prepared = plans
        return try await self.change(isAsync) { .json(.array(try await Self.write(prepared, proxy, links, origin: origin))) }
    }

    private static func write(
        _ plans: [(name: String, plan: Result<(AttributeConfig, AttributeWrite), HTTPFailure>)], _ proxy: DeviceProxy,
        _ links: DeviceLinks, origin: String
    ) async throws -> [JSONValue] {
        var good: [(config: AttributeConfig, write: AttributeWrite)] = []
        for (_, plan) in plans { if case .success(let pair) = plan { good.append(pair) } }
        let failures = good.isEmpty ? [] : try await proxy.writeAttributes(good.map(\.write))
        var refused: [String: DevFailed] = [:]
        for (pair, failure) in zip(good, failures) { refused[pair.config.name] = failure }
        let written = good.map(\.config.name).filter { refused[$0] == nil }
        let values = written.isEmpty ? [] : try await proxy.readAttributes(written, source: .device)
        let read = Dictionary(zip(written, values)) { first, _ in first }
        return plans.map { name, plan in
            switch plan {
            case .failure(let failure):
                // A value that does not fit is the gateway's own refusal, and marked so.
                var errors = failure.errors(origin: origin)
                for index in errors.indices where errors[index].reason == .restBadValue { errors[index].severity = .panic }
                return FailureDocument.attribute(name, errors, of: links)
            case .success(let (config, _)):
                if let failed = refused[name] { return FailureDocument.attribute(name, failed.errors, of: links) }
                guard let value = read[name] else {
                    return FailureDocument.attribute(
                        name, [DevError(.attributeValueNotSet, "\(name) was not read back", origin: origin)], of: links)
                }
                return value.entity(links, config: config)
            }
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

/// The members of an AttributeInfo that may be changed.
struct AttributeInfoChange {
    private static var texts: [String: WritableKeyPath<AttributeConfig, String>] {
        [
            "description": \.description, "label": \.label, "unit": \.unit, "standard_unit": \.standardUnit, "display_unit": \.displayUnit,
            "format": \.displayFormat, "min_value": \.minValue, "max_value": \.maxValue, "min_alarm": \.alarm.minAlarm,
            "max_alarm": \.alarm.maxAlarm,
        ]
    }
    private static var alarmTexts: [String: WritableKeyPath<AttributeConfig, String>] {
        [
            "min_alarm": \.alarm.minAlarm, "max_alarm": \.alarm.maxAlarm, "min_warning": \.alarm.minWarning,
            "max_warning": \.alarm.maxWarning, "delta_t": \.alarm.deltaTime, "delta_val": \.alarm.deltaValue,
        ]
    }
    private static var eventTexts: [String: [String: WritableKeyPath<AttributeConfig, String>]] {
        [
            "ch_event": ["rel_change": \.events.relativeChange, "abs_change": \.events.absoluteChange],
            "per_event": ["period": \.events.period],
            "arch_event": [
                "rel_change": \.events.archiveRelativeChange, "abs_change": \.events.archiveAbsoluteChange,
                "period": \.events.archivePeriod,
            ],
        ]
    }

    private let info: JSONObject

    init(_ info: JSONObject) {
        self.info = info
    }

    /// The configuration with the changes; absent members, `null` and unknown ones change nothing.
    /// - Throws: 400 for members of the wrong kind.
    func applied(to config: AttributeConfig) throws(HTTPFailure) -> AttributeConfig {
        var config = config
        try Self.apply(self.info, Self.texts, to: &config)
        // Nested alarms win over those at the top.
        if let alarms = self.info["alarms"]?.object { try Self.apply(alarms, Self.alarmTexts, to: &config) }
        if let events = self.info["events"]?.object {
            for (name, texts) in Self.eventTexts {
                if let event = events[name]?.object { try Self.apply(event, texts, to: &config) }
            }
        }
        if let labels = self.info["enum_label"]?.array {
            var texts: [String] = []
            for label in labels { texts.append(try ValueReader.string(label)) }
            config.enumLabels = texts
        }
        return config
    }

    private static func apply(
        _ object: JSONObject, _ texts: [String: WritableKeyPath<AttributeConfig, String>], to config: inout AttributeConfig
    ) throws(HTTPFailure) {
        for member in object.members {
            guard let path = texts[member.name], member.value != .null else { continue }
            config[keyPath: path] = try ValueReader.string(member.value)
        }
    }
}
