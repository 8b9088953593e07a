public import TangoCore

/// Events that the device's code pushes. Any task may push at any time, also while a request holds the device; nothing waits, whatever the
/// clients do.
///
/// Clients can subscribe to change, archive and alarm events of an attribute that is not polled if its declaration says that the device
/// pushes them (`Attribute.pushesEvents`). Without subscribers a push costs next to nothing.
extension DeviceContext {
    /// Pushes a value of an attribute. Its quality follows the limits as in a read.
    /// - Throws: `API_AttrNotFound`; `API_AttrOptProp` when the value is larger than declared.
    public func push(_ kind: PushKind, attribute name: String, _ reading: AttributeReading) throws(DevFailed) {
        try self.push(kind, try self.known(name), reading)
    }

    /// Pushes a value of an attribute: `try context.push(.change, "Current", 3.2)`. Its quality follows the limits as in a read.
    /// - Parameters:
    ///   - kind: kind of event.
    ///   - name: the attribute.
    ///   - value: the value, of the attribute's type.
    ///   - quality: `.valid` is replaced by `ALARM` or `WARNING` when the value is beyond a limit; an event with `.invalid` has no value.
    ///   - time: time of the value; `nil` is now.
    /// - Throws: `API_AttrNotFound`; `API_IncompatibleAttrDataType` when the attribute has another type or format; `API_AttrOptProp` when the
    ///   value is larger than declared.
    public func push<Value: AttributeConvertible>(
        _ kind: PushKind, _ name: String, _ value: Value, quality: AttributeQuality = .valid, time: Timestamp? = nil
    ) throws(DevFailed) {
        let attribute = try self.known(name)
        let definition = attribute.definition
        let type = Value.Scalar.tangoType
        guard definition.format == Value.attributeFormat, definition.type == type || (definition.type == .enum && type == .short) else {
            throw DevFailed(
                .incompatibleAttributeType, "Attribute \(definition.name) is not of type \(Value.self)", origin: "DeviceContext::push")
        }
        try self.push(kind, attribute, Reading(value, quality: quality, time: time).lowered)
    }

    /// Pushes the present state or status of the device.
    /// - Throws: `API_AttrNotFound`; `API_AttributeDataNotSet` for all other attributes.
    public func push(_ kind: PushKind, attribute name: String) throws(DevFailed) {
        let attribute = try self.known(name)
        switch attribute.role {
        case .state: try self.push(kind, attribute, AttributeReading(.deviceState(self.runtime.state), dimension: .scalar))
        case .status: try self.push(kind, attribute, AttributeReading(.string([self.runtime.status]), dimension: .scalar))
        default:
            throw DevFailed(
                "API_AttributeDataNotSet", "Cannot push event for attribute \(attribute.name) without data", origin: "DeviceContext::push")
        }
    }

    /// Pushes an error in place of a value.
    /// - Throws: `API_AttrNotFound`.
    public func push(_ kind: PushKind, attribute name: String, failure: DevFailed) throws(DevFailed) {
        let attribute = try self.known(name)
        self.send(kind, attribute) { attribute.failed(failure) }
    }

    /// Announces that data of an attribute are ready to be read. Where the attribute is not declared to do so (`Attribute.announcesDataReady`),
    /// nothing is sent.
    /// - Parameter name: name of the attribute, in any case.
    /// - Parameter counter: number that clients receive with the announcement.
    /// - Throws: `API_AttrNotFound`.
    public func pushDataReady(attribute name: String, counter: Int32 = 0) throws(DevFailed) {
        let attribute = try self.known(name)
        self.runtime.events.dataReady(attribute, counter: counter)
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

    // MARK: - Subscribers

    /// Returns whether anybody is subscribed to events of an attribute: values that are expensive need not be computed without. Subscribers
    /// that went away count for ten minutes.
    /// - Parameters:
    ///   - kind: the kind of event.
    ///   - name: name of the attribute, in any case.
    public func hasSubscribers(_ kind: EventKind, attribute name: String) -> Bool {
        self.runtime.attribute(name.wireMetadata)?.events?.isSubscribed(kind) ?? false
    }

    /// Declares anew which events of an attribute the device's code pushes; of State and Status, which have no declaration of their own,
    /// and of others in place of the declaration. Subscriptions stay.
    /// - Parameters:
    ///   - support: which events the code pushes.
    ///   - name: name of the attribute, in any case.
    /// - Throws: `API_AttrNotFound`.
    public func setPushedEvents(_ support: EventSupport, attribute name: String) throws(DevFailed) {
        try self.known(name).setEventSupport(support)
    }

    // MARK: - Sending

    private func push(_ kind: PushKind, _ attribute: AttributeRuntime, _ reading: AttributeReading) throws(DevFailed) {
        if let failure = attribute.sizeFailure(reading) { throw failure }
        self.send(kind, attribute) { self.runtime.value(of: attribute, from: reading) }
    }

    /// Sends a value, which is made only if somebody wants it.
    private func send(_ kind: PushKind, _ attribute: AttributeRuntime, _ value: () -> AttributeValue) {
        let changes = self.runtime.server.changes
        guard self.runtime.events.isWatched(kind, attribute) || changes.hasObservers else { return }
        let value = value()
        self.runtime.events.pushed(kind, value, attribute)
        changes.send(self.name, .pushed(kind, value))
    }

    private func known(_ name: String) throws(DevFailed) -> AttributeRuntime {
        guard let attribute = self.runtime.attribute(name.wireMetadata) else {
            throw DevFailed.attributeNotFound(name, origin: "DeviceContext::push")
        }
        return attribute
    }
}
