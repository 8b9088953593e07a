import Synchronization
import TangoCore

/// The read of one attribute: what its handler returned, or what has to be awaited.
enum AttributeRead: Sendable {
    case finished(AttributeReading?)
    case suspended(SuspendedRead)

    /// Starts to read an attribute; the handler has run when it is synchronous.
    /// - Parameter source: where a forwarded attribute's root is to be read from.
    /// - Throws: `API_AttrNotAllowed`, an error of the configuration, what the handler throws.
    init(of attribute: AttributeRuntime, from source: DevSource, on runtime: DeviceRuntime) throws {
        if let root = attribute.root {
            if let isAllowed = attribute.definition.isAllowed, !isAllowed(try runtime.call(attribute.name), .read) {
                throw DevFailed.attributeNotReadable(attribute.name)
            }
            self = .suspended(.root(attribute, root, source))
            return
        }
        if !attribute.isBuiltIn, let error = attribute.startUpError { throw error }
        if attribute.isBuiltIn, runtime.device == nil {
            // A device whose object could not be made still has a state and a reason.
            let data: AttributeData = attribute.role == .state ? .deviceState(runtime.state) : .string([runtime.status])
            self = .finished(AttributeReading(data, dimension: .scalar))
            return
        }
        let call = try runtime.call(attribute.name)
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(call, .read) {
            throw DevFailed.attributeNotReadable(attribute.name)
        }
        switch attribute.definition.reader {
        case .sync(let handler): self = .finished(try handler(call))
        case .async(let handler): self = .suspended(.handler(attribute, handler))
        case nil: self = .finished(nil)
        }
    }
}

/// The read of one attribute that has to be awaited.
enum SuspendedRead: Sendable {
    case handler(AttributeRuntime, @concurrent @Sendable (MemberCall) async throws -> AttributeReading?)
    /// A forwarded attribute, whose root is read in its place.
    case root(AttributeRuntime, ForwardedRoot, DevSource)

    var attribute: AttributeRuntime {
        switch self {
        case .handler(let attribute, _), .root(let attribute, _, _): attribute
        }
    }

    /// Awaits the read and returns the value, made from what a handler returned by `value`. Only for the holder of the gate.
    func finish(
        _ runtime: DeviceRuntime, value: (AttributeRuntime, AttributeReading?) -> AttributeValue
    ) async throws -> AttributeValue {
        switch self {
        case .handler(let attribute, let handler): value(attribute, try await handler(try runtime.call(attribute.name)))
        case .root(let attribute, let root, let source): attribute.forwarded(try await root.read(as: attribute.name, source))
        }
    }
}

extension DeviceRuntime {
    /// Returns the value that a client gets for the result of a read handler, with the set value where the attribute has one.
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

extension AttributeRuntime {
    /// Returns the value that a client gets for the result of a read handler.
    /// - Parameter setSource: the attribute whose set value is shown (`READ_WITH_WRITE`), else itself.
    func value(from reading: AttributeReading?, setSource: AttributeRuntime?) -> AttributeValue {
        let now = reading?.time ?? .now
        if self.definition.access == .write {
            let set = self.setValue
            return AttributeValue(
                name: self.name, data: set.data, quality: reading?.quality ?? .valid, format: self.definition.format,
                type: self.definition.type, time: now, readDimension: set.dimension, writeDimension: set.dimension)
        }
        guard let reading else {
            return self.failed(
                DevFailed(
                    .attributeValueNotSet, "Read value for attribute \(self.name) has not been updated", origin: "Device::read_attributes"))
        }
        if reading.quality == .invalid {
            self.record(quality: .invalid, cause: [])
            return AttributeValue(
                name: self.name, data: .none, quality: .invalid, format: self.definition.format, type: self.definition.type, time: now,
                readDimension: .zero)
        }
        if let failure = self.sizeFailure(reading) { return self.failed(failure) }
        if self.definition.type == .enum, let failure = self.wrongElement(reading.data) { return self.failed(failure) }
        var value = AttributeValue(
            name: self.name, data: reading.data, quality: reading.quality, format: self.definition.format, type: self.definition.type,
            time: now, readDimension: reading.dimension)
        let (limits, set, last, cause) = self.state.withLock { ($0.limits, $0.set, $0.quality, $0.cause) }
        if let limits, limits.hasAlarms, value.quality == .valid {
            let cause = self.cause(reading.data, limits, set)
            value.quality = cause.quality
            self.record(quality: value.quality, cause: cause)
        } else if value.quality != last || !cause.isEmpty {
            self.record(quality: value.quality, cause: [])
        }
        if let setSource {
            let shown = setSource === self ? self.setValue(set) : setSource.setValue
            value.data = reading.data.appending(shown.data)
            value.writeDimension = shown.dimension
        }
        return value
    }

    /// Returns the error of a value that is larger than declared.
    func sizeFailure(_ reading: AttributeReading) -> DevFailed? {
        let (dimension, definition) = (reading.dimension, self.definition)
        guard reading.quality != .invalid else { return nil }
        let fits =
            dimension.x <= definition.maxDimX && dimension.y <= max(0, definition.maxDimY) && dimension.x >= 0 && dimension.y >= 0
        guard !fits || reading.data.count != dimension.elementCount else { return nil }
        return DevFailed(
            .attributeProperty,
            "Data size for attribute \(self.name) [\(dimension.x), \(dimension.y)] exceeds given limit [\(definition.maxDimX), \(max(0, definition.maxDimY))]",
            origin: "Attribute::set_value")
    }

    /// Returns the error of an element of a DevEnum that has no label.
    private func wrongElement(_ data: AttributeData) -> DevFailed? {
        guard case .short(let values) = data else { return nil }
        let highest = self.enumLabels.count - 1
        guard let index = values.firstIndex(where: { $0 < 0 || Int($0) > highest }) else { return nil }
        return DevFailed(
            .attributeProperty,
            "Wrong value for attribute \(self.name). Element \(index) (value = \(values[index])) is negative or above the limit defined by the enum (\(highest)).",
            origin: "Attribute::set_value")
    }

    private func cause(_ data: AttributeData, _ limits: AlarmLimits, _ set: SetValue?) -> AlarmCause {
        var cause = limits.hasLevels ? limits.levelCause(of: data) : []
        if let difference = limits.readDiffersFromSet, let set, let time = set.time, ContinuousClock.now - time >= difference.after,
            data.differs(from: set.data, by: difference.value)
        {
            cause.insert(.readDiffersFromSet)
        }
        return cause
    }

    /// Returns the value of a failed read: format and type unknown, as cppTango 9.3.4 and PyTango 10.3.1 send it.
    func failed(_ failure: DevFailed, name: String? = nil) -> AttributeValue {
        self.record(quality: .invalid, cause: [])
        return AttributeValue(name: name ?? self.name, failure: failure, time: .now)
    }
}

extension AttributeQuality {
    /// ALARM or WARNING.
    var isAlarming: Bool { self == .alarm || self == .warning }
}
