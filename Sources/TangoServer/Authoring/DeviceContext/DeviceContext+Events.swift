import TangoCore

/// Values a device tells on its own. Any task may do it, also while a request holds the device: nothing waits.
extension DeviceContext {
    /// Pushes a value of an attribute to whom it may concern; its quality follows the alarms as in a read.
    /// - Throws: `API_AttrNotFound`; `API_AttrOptProp` when the value is larger than the attribute may be.
    public func push(_ kind: PushKind, attribute name: String, _ reading: AttributeReading) throws(DevFailed) {
        let attribute = try self.known(name)
        let value = self.runtime.value(of: attribute, from: reading)
        if let failure = value.failure { throw failure }
        self.runtime.server.changes.send(self.name, .pushed(kind, value))
    }

    /// Pushes a failure in the place of a value.
    /// - Throws: `API_AttrNotFound`.
    public func push(_ kind: PushKind, attribute name: String, failure: DevFailed) throws(DevFailed) {
        let attribute = try self.known(name)
        self.runtime.server.changes.send(self.name, .pushed(kind, attribute.failed(failure)))
    }

    /// Tells that data of an attribute are ready to be read.
    /// - Throws: `API_AttrNotFound`.
    public func pushDataReady(attribute name: String, counter: Int32 = 0) throws(DevFailed) {
        let attribute = try self.known(name)
        self.runtime.server.changes.send(self.name, .dataReady(attribute: attribute.name, counter: counter))
    }

    /// Pushes the value of a pipe.
    /// - Throws: `API_PipeNotFound`.
    public func push(pipe name: String, _ blob: PipeBlob) throws(DevFailed) {
        guard let pipe = self.runtime.pipe(name) else {
            throw DevFailed(.pipeNotFound, "\(name) pipe not found", origin: "DeviceContext::push")
        }
        self.runtime.server.changes.send(self.name, .pipe(PipeValue(name: pipe.config.name, time: .now, blob: blob)))
    }

    private func known(_ name: String) throws(DevFailed) -> AttributeRuntime {
        guard let attribute = self.runtime.attribute(name) else {
            throw DevFailed(.attributeNotFound, "\(name) attribute not found", origin: "DeviceContext::push")
        }
        return attribute
    }
}

extension DeviceRuntime {
    /// The value a client gets of what a read handler answered: with the set value, where the attribute shows one.
    func value(of attribute: AttributeRuntime, from reading: AttributeReading?) -> AttributeValue {
        let setSource: AttributeRuntime? =
            switch attribute.definition.access {
            case .readWrite: attribute
            case .readWithWrite: attribute.definition.writeAttributeName.flatMap { self.attribute($0) }
            case .read, .write, .unknown: nil
            }
        return attribute.value(from: reading, setSource: setSource)
    }
}
