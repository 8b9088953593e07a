import TangoClient
import TangoCore

/// A value to write to an attribute, or the reason why it cannot be written.
struct AttributePlan: Sendable {
    /// Name as the device spells it, where it is known.
    var name: String
    var outcome: Result<(config: AttributeConfig, write: AttributeWrite), HTTPFailure>

    /// Converts the value of the request by the attribute's configuration.
    typealias Conversion = @Sendable (AttributeConfig) throws(HTTPFailure) -> AttributeWrite

    /// Returns plans for several attributes of a device, in order.
    static func make(
        _ items: [(name: String, convert: Conversion)], _ proxy: DeviceProxy, for request: ResourceRequest
    ) async throws(DevFailed) -> [AttributePlan] {
        let configs = try await Self.configs(items.map(\.name), proxy)
        let device = proxy.name
        return await request.converting(cancellation: nil) {
            items.map { name, convert in
                guard let config = configs[name.tangoFolded] else {
                    let failed = DevFailed(.attributeNotFound, "Attribute \(name) is not found in \(device)", origin: "")
                    return AttributePlan(name: name, outcome: .failure(HTTPFailure(failed, while: .resolving)))
                }
                do throws(HTTPFailure) {
                    return AttributePlan(name: config.name, outcome: .success((config, try convert(config))))
                } catch {
                    return AttributePlan(name: config.name, outcome: .failure(error))
                }
            }
        }
    }

    /// Returns configurations by name in lower case, without those of unknown attributes. One call, unless there are unknown ones.
    private static func configs(_ names: [String], _ proxy: DeviceProxy) async throws(DevFailed) -> [String: AttributeConfig] {
        let unique = Array(Set(names.map(\.tangoFolded)))
        var configs: [AttributeConfig] = []
        do {
            configs = try await proxy.attributeConfigs(unique)
        } catch {
            guard error.errors.contains(where: { $0.reason == .attributeNotFound }) else { throw error }
            for name in unique.count > 1 ? unique : [] {
                do {
                    configs.append(try await proxy.attributeConfig(name))
                } catch {
                    guard error.errors.contains(where: { $0.reason == .attributeNotFound }) else { throw error }
                }
            }
        }
        return Dictionary(configs.map { ($0.name.tangoFolded, $0) }) { first, _ in first }
    }

    /// Writes in one call, reads back in another, and returns one item per plan. Names must be unique.
    static func write(_ plans: [AttributePlan], _ proxy: DeviceProxy, _ links: DeviceLinks, origin: String) async -> [JSONValue] {
        var good: [(config: AttributeConfig, write: AttributeWrite)] = []
        for plan in plans { if case .success(let pair) = plan.outcome { good.append(pair) } }
        var failed: [String: DevFailed] = [:]
        var read: [String: AttributeValue] = [:]
        do throws(DevFailed) {
            let failures = good.isEmpty ? [] : try await proxy.writeAttributes(good.map(\.write))
            for (pair, failure) in zip(good, failures) { failed[pair.config.name] = failure }
        } catch {
            for pair in good { failed[pair.config.name] = error }
        }
        let written = good.map(\.config.name).filter { failed[$0] == nil }
        do throws(DevFailed) {
            let values = written.isEmpty ? [] : try await proxy.readAttributes(written, source: .device)
            for (name, value) in zip(written, values) {
                if value.errors.isEmpty {
                    read[name] = value
                } else {
                    failed[name] = DevFailed(errors: value.errors).notReadBack(name, origin: origin)
                }
            }
        } catch {
            for name in written { failed[name] = error.notReadBack(name, origin: origin) }
        }
        return plans.map { plan in
            switch plan.outcome {
            case .failure(let failure): return Self.failing(plan.name, failure, links, origin: origin)
            case .success(let (config, _)):
                if let failed = failed[plan.name] {
                    return FailureDocument.attribute(plan.name, failed.errors, of: links)
                }
                guard let value = read[plan.name] else {
                    return FailureDocument.attribute(
                        plan.name, [DevError(.restNotReadBack, "\(plan.name) was written, but not read back", origin: origin)], of: links)
                }
                return value.entity(links, config: config)
            }
        }
    }

    /// Returns the item of an attribute that was not written. A value that the gateway itself refused has the severity PANIC.
    static func failing(_ name: String, _ failure: HTTPFailure, _ links: DeviceLinks, origin: String) -> JSONValue {
        var errors = failure.errors(origin: origin)
        for index in errors.indices where errors[index].reason == .restBadValue { errors[index].severity = .panic }
        return FailureDocument.attribute(name, errors, of: links)
    }
}
