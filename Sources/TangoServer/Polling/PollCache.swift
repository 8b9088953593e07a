import NIOCore
import TangoCore
import TangoWire

/// Replies to requests from the values that polling has read, without the device's gate.
struct PollCache: Sendable {
    let runtime: DeviceRuntime

    private var polling: DevicePolling? { self.runtime.persistentState.polling }

    /// Returns what the cache has of these attributes.
    /// - Returns: `nil` if it is not consulted: the source is not the cache, and nothing is polled.
    func attributes(_ names: [String], _ source: DevSource) -> CachedAttributes? {
        guard source == .cache || self.runtime.pollConfiguration.isPolled else { return nil }
        let names = names.count == 1 && names[0] == AttributeRuntime.allNames ? self.runtime.allAttributes.map(\.name) : names
        var cached = CachedAttributes(names: names)
        let now = NIODeadline.now()
        for name in names where !cached.isFull { cached.append(self.value(name, source, now: now)) }
        return cached
    }

    /// Returns the last polled value or, if only the cache may be read, why there is none; `nil` if the device has to be read.
    private func value(_ name: String, _ source: DevSource, now: NIODeadline) -> AttributeValue? {
        guard let attribute = self.runtime.attribute(name) else {
            guard source == .cache, !self.runtime.members.hasForwarded(among: [name]) else { return nil }
            return AttributeValue(name: name, failure: .attributeNotFound(name), time: .now)
        }
        guard attribute.root == nil else { return nil }
        do {
            return try self.value(of: attribute, source, now: now)
        } catch {
            return attribute.failed(error, name: name)
        }
    }

    /// Returns the last polled value; `nil` if the device has to be read.
    /// - Throws: if only the cache may be read: `API_AttrNotPolled`, `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    private func value(of attribute: AttributeRuntime, _ source: DevSource, now: NIODeadline) throws(DevFailed) -> AttributeValue? {
        do {
            if let polling = self.polling, let record = try polling.fresh(.attribute, attribute.name, now: now),
                case .attribute(let value) = record.value
            {
                return value
            }
        } catch {
            guard source == .cache else { return nil }
            throw error
        }
        guard source == .cache else { return nil }
        throw DevFailed.attributeNotPolled(attribute.name, origin: "Device::read_attributes_from_cache")
    }

    /// Returns the last polled result of a command; `nil` if the command has to be executed.
    /// - Throws: the failure of the last poll; if the source is the cache, also `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`,
    ///   `API_CmdNotPolled`, `API_NoDataYet`, `API_NotUpdatedAnyMore`.
    func command(_ name: String, _ source: DevSource) throws(DevFailed) -> CommandData? {
        guard source == .cache || self.runtime.pollConfiguration.isPolled else { return nil }
        if source == .cache { _ = try self.runtime.pollConfiguration.pollableCommand(name) }
        guard let command = self.runtime.command(name) else { return nil }
        do throws(DevFailed) {
            let kind = PollKind.command.forPolling(name)
            if let polling = self.polling, let record = try polling.fresh(kind, command.value.info.name, now: .now()) {
                guard record.value.errors.isEmpty else { throw DevFailed(errors: record.value.errors) }
                return record.value.commandResult
            }
        } catch {
            // A failed poll is a result; a missing or old one is none.
            if source != .cache, error.reason == "API_NoDataYet" || error.reason == "API_NotUpdatedAnyMore" { return nil }
            throw error
        }
        guard source == .cache else { return nil }
        throw DevFailed.commandNotPolled(command.value.info.name, origin: "Device::command_inout")
    }

    /// Returns the quality of the last polled value of an attribute; `nil` without one. The computed state uses it instead of a read.
    func quality(ofAttribute name: String) -> AttributeQuality? {
        guard let record = self.runtime.pollConfiguration.object(.attribute, name)?.ring.newest, case .attribute(let value) = record.value
        else {
            return nil
        }
        return value.quality
    }
}
