public import TangoCore
import TangoWire

extension DeviceProxy {
    /// Returns the configuration of the named attributes; of all, State and Status last, without names.
    /// - Throws: `API_AttrNotFound`.
    public func attributeConfigs(_ names: [String]? = nil) async throws(DevFailed) -> [AttributeConfig] {
        let result = try await self.call { version in
            .attributeConfigs(
                names ?? [version >= 3 ? "All attributes_3" : "All attributes"],
                version: OperationFamily.attributeConfigs.newest(upTo: version))
        }
        guard case .attributeConfigs(let configs) = result else { throw self.unexpected() }
        return configs
    }

    /// Returns the configuration of an attribute.
    /// - Throws: `API_AttrNotFound`.
    public func attributeConfig(_ name: String) async throws(DevFailed) -> AttributeConfig {
        guard let config = try await self.attributeConfigs([name]).first else { throw self.unexpected() }
        return config
    }

    /// Changes the configuration of attributes. The call as a whole fails with the first failure.
    /// - Throws: `API_AttrNotFound`, `API_AttrOptProp`, `API_DeviceLocked`.
    public func setAttributeConfigs(_ configs: [AttributeConfig]) async throws(DevFailed) {
        _ = try await self.call { version in
            .setAttributeConfigs(
                configs, identity: version >= 4 ? Self.identity(version) : nil,
                version: OperationFamily.setAttributeConfigs.newest(upTo: version))
        }
    }

    /// Reads several attributes in one request: a failure of one is in its `errors`. Order and count are those of `names`.
    ///
    /// A name that is given twice is sent once: cppTango 9.3.4 dead-locks otherwise.
    public func readAttributes(_ names: [String], source: DevSource = .cacheDevice) async throws(DevFailed) -> [AttributeValue] {
        var unique: [String] = []
        var positions: [String: Int] = [:]
        for name in names where positions[name.tangoFolded] == nil {
            positions[name.tangoFolded] = unique.count
            unique.append(name)
        }
        let sent = unique
        let result = try await self.call { version in
            .readAttributes(
                sent, source: source, identity: version >= 4 ? Self.identity(version) : nil,
                version: OperationFamily.readAttributes.newest(upTo: version))
        }
        guard case .attributeValues(let values) = result, values.count == unique.count else { throw self.unexpected() }
        if unique.count == names.count { return values }
        return names.compactMap { name in positions[name.tangoFolded].map { values[$0] } }
    }

    /// Reads one attribute; its failure is thrown.
    public func readAttribute(_ name: String, source: DevSource = .cacheDevice) async throws(DevFailed) -> AttributeValue {
        guard let value = try await self.readAttributes([name], source: source).first else { throw self.unexpected() }
        if let failure = value.failure { throw failure }
        return value
    }

    private static func wireValues(_ writes: [AttributeWrite], version: Int) -> [AttributeValue] {
        writes.map { write in
            AttributeValue(
                name: write.name, data: write.data, format: .unknown, type: nil, time: .zero,
                readDimension: version >= 4 ? .zero : write.dimension, writeDimension: write.dimension)
        }
    }

    /// Writes one attribute; its failure is thrown.
    public func writeAttribute(_ write: AttributeWrite) async throws(DevFailed) {
        if let failure = try await self.writeAttributes([write]).first ?? nil { throw failure }
    }

    /// Writes several attributes in one request.
    /// - Returns: the failure of each, `nil` where it succeeded.
    /// - Throws: the failure of the call as a whole: `API_ReadOnlyMode`, `API_DeviceLocked`.
    public func writeAttributes(_ writes: [AttributeWrite]) async throws(DevFailed) -> [DevFailed?] {
        try await self.refuseWriteIfReadOnly()
        let result = try await self.callForEach { version in
            .writeAttributes(
                Self.wireValues(writes, version: version), identity: version >= 4 ? Self.identity(version) : nil,
                version: OperationFamily.writeAttributes.newest(upTo: version))
        }
        var outcomes = [DevFailed?](repeating: nil, count: writes.count)
        guard case .failure(let failed) = result else { return outcomes }
        for error in failed.errors where outcomes.indices.contains(Int(error.index)) {
            outcomes[Int(error.index)] = DevFailed(errors: error.errors)
        }
        return outcomes
    }

    /// Writes, then reads, without another request in between. A failing write fails the call.
    /// - Throws: `API_NotSupported` below interface 4.
    public func writeReadAttributes(_ writes: [AttributeWrite], read: [String]) async throws(DevFailed) -> [AttributeValue] {
        try await self.require(4)
        try await self.refuseWriteIfReadOnly()
        let result = try await self.call { version in
            .writeReadAttributes(
                Self.wireValues(writes, version: 4), read: read, identity: Self.identity(version),
                version: OperationFamily.writeReadAttributes.newest(upTo: version))
        }
        guard case .attributeValues(let values) = result else { throw self.unexpected() }
        return values
    }
}
