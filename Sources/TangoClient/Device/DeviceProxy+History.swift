public import TangoCore
import TangoWire

extension DeviceProxy {
    /// Returns the last values of a polled attribute, oldest first.
    /// - Throws: `API_AttrNotPolled`, `API_NoDataYet`; `API_NotSupported` below interface 4 (older histories crash cppTango 9.3.4).
    public func attributeHistory(_ name: String, count: Int) async throws(DevFailed) -> AttributeHistory {
        try await self.require(4)
        let result = try await self.call { version in
            .attributeHistory(name, count: Int32(clamping: count), version: OperationFamily.attributeHistory.newest(upTo: version))
        }
        guard case .attributeHistory(let history) = result else { throw self.unexpected() }
        return history
    }

    /// Returns the last results of a polled command, oldest first.
    /// - Throws: `API_CmdNotPolled`, `API_NoDataYet`; `API_NotSupported` below interface 4.
    public func commandHistory(_ name: String, count: Int) async throws(DevFailed) -> [CommandHistoryRecord] {
        try await self.require(4)
        let result = try await self.call { _ in .commandHistory(name, count: Int32(clamping: count), version: 4) }
        guard case .commandHistory(let history) = result else { throw self.unexpected() }
        return history.records
    }
}
