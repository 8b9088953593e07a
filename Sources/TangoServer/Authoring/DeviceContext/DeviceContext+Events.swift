public import TangoCore

/// Values that the device's code pushes, for event subscribers. Any task may push at any time, also while a request holds the device; nothing
/// waits. Sending events to clients comes with a later version: until then pushed values reach the server only.
extension DeviceContext {
    /// Pushes a value of an attribute. Its quality follows the limits as in a read.
    /// - Throws: `API_AttrNotFound`; `API_AttrOptProp` when the value is larger than declared.
    public func push(_ kind: PushKind, attribute name: String, _ reading: AttributeReading) throws(DevFailed) {
        let attribute = try self.known(name)
        let value = self.runtime.value(of: attribute, from: reading)
        if let failure = value.failure { throw failure }
        self.runtime.server.changes.send(self.name, .pushed(kind, value))
    }

    /// Pushes a value of an attribute: `try context.push(.change, "Current", 3.2)`. Its quality follows the limits as in a read.
    /// - Parameters:
    ///   - kind: kind of event.
    ///   - name: the attribute.
    ///   - value: the value, of the attribute's type.
    ///   - quality: `.valid` is replaced by `ALARM` or `WARNING` when the value is beyond a limit.
    ///   - time: time of the value; `nil` is now.
    /// - Throws: `API_AttrNotFound`; `API_IncompatibleAttrDataType` when the attribute has another type or format; `API_AttrOptProp` when the
    ///   value is larger than declared.
    public func push<Value: AttributeConvertible>(
        _ kind: PushKind, _ name: String, _ value: Value, quality: AttributeQuality = .valid, time: Timestamp? = nil
    ) throws(DevFailed) {
        let definition = try self.known(name).definition
        let type = Value.Scalar.tangoType
        guard definition.format == Value.attributeFormat, definition.type == type || (definition.type == .enum && type == .short) else {
            throw DevFailed(
                .incompatibleAttributeType, "Attribute \(definition.name) is not of type \(Value.self)", origin: "DeviceContext::push")
        }
        try self.push(kind, attribute: name, Reading(value, quality: quality, time: time).lowered)
    }

    /// Pushes an error in place of a value.
    /// - Throws: `API_AttrNotFound`.
    public func push(_ kind: PushKind, attribute name: String, failure: DevFailed) throws(DevFailed) {
        let attribute = try self.known(name)
        self.runtime.server.changes.send(self.name, .pushed(kind, attribute.failed(failure)))
    }

    /// Announces that data of an attribute are ready to be read.
    /// - Parameter name: name of the attribute, in any case.
    /// - Parameter counter: number that clients receive with the announcement.
    /// - Throws: `API_AttrNotFound`.
    public func pushDataReady(attribute name: String, counter: Int32 = 0) throws(DevFailed) {
        let attribute = try self.known(name)
        self.runtime.server.changes.send(self.name, .dataReady(attribute: attribute.name, counter: counter))
    }

    /// Pushes the value of a pipe.
    /// - Throws: `API_PipeNotFound`.
    public func push(pipe name: String, _ blob: PipeBlob) throws(DevFailed) {
        guard let pipe = self.runtime.pipe(name.wireMetadata) else {
            throw DevFailed.pipeNotFound(name, origin: "DeviceContext::push")
        }
        self.runtime.server.changes.send(self.name, .pipe(PipeValue(name: pipe.config.name, time: .now, blob: blob)))
    }

    private func known(_ name: String) throws(DevFailed) -> AttributeRuntime {
        guard let attribute = self.runtime.attribute(name.wireMetadata) else {
            throw DevFailed.attributeNotFound(name, origin: "DeviceContext::push")
        }
        return attribute
    }
}
