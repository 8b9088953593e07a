import TangoClient
import TangoCore

/// Writes attributes and pipes, and executes commands, of many devices.
struct BulkWriteResource: Sendable {
    let request: ResourceRequest

    /// Writes and reads back one attribute per element of the body.
    func attributes() async throws -> Answer {
        let origin = self.request.origin
        return try await BulkWrite<AttributePlan>(
            request: self.request,
            prepare: { (proxy, items) async throws(DevFailed) in
                let plans = try await AttributePlan.make(
                    items.map { item in
                        let value = item.body["value"]
                        return (
                            item.name,
                            { config throws(HTTPFailure) in
                                guard let value else { throw HTTPFailure.badValue("There is no value for \(config.name)") }
                                return try AttributeWrite(value, for: config)
                            }
                        )
                    }, proxy, for: self.request)
                return zip(items, plans).map { item, plan in BulkPlan(item: item, name: plan.name, work: plan.outcome.map { _ in plan }) }
            },
            execute: { proxy, links, plans, results in
                // One call for several attributes; an attribute that is there twice needs a second call.
                var rest = plans[...]
                while !rest.isEmpty, !Task.isCancelled {
                    var names: Set<String> = []
                    let batch = rest.prefix { names.insert($0.name.tangoFolded).inserted }
                    rest = rest[batch.endIndex...]
                    let written = batch.map { plan -> AttributePlan in
                        switch plan.work {
                        case .success(let work): work
                        case .failure(let failure): AttributePlan(name: plan.name, outcome: .failure(failure))
                        }
                    }
                    let items = await AttributePlan.write(written, proxy, links, origin: origin)
                    for (plan, item) in zip(batch, items) { results.set(plan.item.index, item) }
                }
            },
            failing: { _, name, failure, links in AttributePlan.failing(name, failure, links, origin: origin) }
        ).answer()
    }

    /// Executes one command per element of the body.
    func commands() async throws -> Answer {
        let origin = self.request.origin
        let failing: @Sendable (BulkItem, String, HTTPFailure, DeviceLinks) -> JSONValue = { item, name, failure, links in
            CommandInfo.failure(name, failure.errors(origin: origin), input: item.body["input"], links)
        }
        return try await BulkWrite<(info: CommandInfo, argument: CommandData)>(
            request: self.request, namesCommands: true,
            prepare: { (proxy, items) async throws(DevFailed) in
                var plans: [BulkPlan<(info: CommandInfo, argument: CommandData)>] = []
                for item in items { plans.append(try await self.plan(item, proxy)) }
                return plans
            },
            execute: { proxy, links, plans, results in
                for plan in plans where !Task.isCancelled {
                    let input = plan.item.body["input"]
                    let result: JSONValue
                    do {
                        let (info, argument) = try plan.work.get()
                        result = info.result(try await proxy.command(info.name, argument), input: input, links)
                    } catch {
                        result = failing(plan.item, plan.name, HTTPFailure(error, while: .calling), links)
                    }
                    results.set(plan.item.index, result)
                }
            },
            failing: failing
        ).answer()
    }

    private func plan(
        _ item: BulkItem, _ proxy: DeviceProxy
    ) async throws(DevFailed) -> BulkPlan<(info: CommandInfo, argument: CommandData)> {
        let info: CommandInfo
        do {
            info = try await self.request.knownInfo(item.device, item.name, proxy)
        } catch {
            guard error.errors.contains(where: { $0.reason == .commandNotFound }) else { throw error }
            return BulkPlan(item: item, name: item.name, work: .failure(HTTPFailure(error, while: .resolving)))
        }
        do throws(HTTPFailure) {
            return BulkPlan(item: item, name: info.name, work: .success((info, try CommandData(item.body["input"], for: info))))
        } catch {
            return BulkPlan(item: item, name: info.name, work: .failure(error))
        }
    }

    /// Writes and reads back one pipe per element of the body.
    func pipes() async throws -> Answer {
        let origin = self.request.origin
        let failing: @Sendable (BulkItem, String, HTTPFailure, DeviceLinks) -> JSONValue = { _, name, failure, links in
            FailureDocument.item(name, failure.errors(origin: origin), of: links)
        }
        return try await BulkWrite<PipeBlob>(
            request: self.request,
            prepare: { (proxy, items) async throws(DevFailed) in
                let configs = try await PipeResource.configs(proxy)
                return items.map { item in
                    guard let config = configs.first(where: { $0.name.tangoFolded == item.name.tangoFolded }) else {
                        let failed = DevFailed(.pipeNotFound, "Pipe \(item.name) is not found in \(proxy.name)", origin: "")
                        return BulkPlan(item: item, name: item.name, work: .failure(HTTPFailure(failed, while: .resolving)))
                    }
                    do throws(HTTPFailure) {
                        guard let data = item.body["data"] else { throw HTTPFailure.badValue("There is no data for \(config.name)") }
                        return BulkPlan(item: item, name: config.name, work: .success(try PipeBlob(name: config.name, elements: data)))
                    } catch {
                        return BulkPlan(item: item, name: config.name, work: .failure(error))
                    }
                }
            },
            execute: { proxy, links, plans, results in
                for plan in plans where !Task.isCancelled {
                    let result: JSONValue
                    do {
                        try await proxy.writePipe(plan.name, try plan.work.get())
                        result = try await readingBack(plan.name) { () async throws(DevFailed) in try await proxy.readPipe(plan.name) }
                            .entity(links)
                    } catch {
                        result = failing(plan.item, plan.name, HTTPFailure(error, while: .calling), links)
                    }
                    results.set(plan.item.index, result)
                }
            },
            failing: failing
        ).answer()
    }
}
