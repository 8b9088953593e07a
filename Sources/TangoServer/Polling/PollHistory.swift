import TangoCore
import TangoWire

/// The histories that polling keeps, as clients read them.
extension PollCache {
    /// Returns the newest values of a polled attribute, oldest first.
    /// - Throws: `API_AttrNotFound`, `API_AttrNotPolled`, `API_NoDataYet`, `API_MemoryAllocation` for a negative count.
    func attributeHistory(_ name: String, _ count: Int) throws(DevFailed) -> AttributeHistory {
        let origin = "Device::read_attribute_history"
        guard let attribute = self.runtime.attribute(name) else { throw DevFailed.attributeNotFound(name) }
        guard let object = self.runtime.pollConfiguration.object(.attribute, name) else {
            throw DevFailed.attributeNotPolled(attribute.name, origin: origin)
        }
        try Self.check(object, count, origin)
        let values = object.ring.newest(count).compactMap { record -> AttributeValue? in
            guard case .attribute(var value) = record.value else { return nil }
            // Failed reads are sent without a type, but their history with it.
            value.type = attribute.definition.type
            value.format = attribute.definition.format
            return value
        }
        return AttributeHistory(name: attribute.name, values: values)
    }

    /// Returns the newest results of a polled command, oldest first.
    /// - Throws: `API_CommandNotFound`, `API_IncompatibleCmdArgumentType`, `API_CmdNotPolled`, `API_NoDataYet`, `API_MemoryAllocation`
    ///   for a negative count.
    func commandHistory(_ name: String, _ count: Int) throws(DevFailed) -> CommandHistory {
        let origin = "Device::command_inout_history"
        let command = try self.runtime.pollConfiguration.pollableCommand(name)
        guard let object = self.runtime.pollConfiguration.object(.command, name) else {
            throw DevFailed.commandNotPolled(name.tangoFolded, origin: origin)
        }
        try Self.check(object, count, origin)
        let records = object.ring.newest(count).map { record in
            CommandHistoryRecord(
                time: record.date, result: record.value.errors.isEmpty ? record.value.commandResult : .void, errors: record.value.errors)
        }
        return CommandHistory(type: command.value.info.outType ?? .void, records: records)
    }

    private static func check(_ object: PolledObject, _ count: Int, _ origin: String) throws(DevFailed) {
        guard !object.ring.isEmpty else { throw object.noData(origin) }
        // cppTango 9.3.4 fails like this when it allocates the reply.
        guard count >= 0 else { throw DevFailed("API_MemoryAllocation", "Can't allocate memory in server", origin: origin) }
    }
}
