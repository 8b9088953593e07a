import TangoCore
import TangoWire

/// Reads attributes: one answer per name, in order; a failure of one is in its answer.
struct ReadOperation: GatedOperation {
    private var names: [String]
    private let source: DevSource
    /// Interfaces 1 and 2 have no place for the error of one attribute: it fails the call.
    private let throwsErrors: Bool
    /// Reads only to see whether there are alarms: part of another request.
    private let isCheck: Bool
    private var values: [AttributeValue] = []
    private var isStarted = false
    private var needsHook = false
    private var awaited: AttributeRuntime?
    /// What the state depends on, while it is read.
    private var condition: ConditionReading?
    /// Places of State, and of Status beside it, in the answer: what they depend on may still come in this request.
    private var deferred: [(place: Int, role: MemberRole)] = []
    /// About how many bytes the answer has so far.
    private var size = 0
    private let sizeLimit: Int

    init(names: [String], source: DevSource, version: Int) {
        self.names = names
        self.source = source
        self.throwsErrors = version < 3
        self.isCheck = false
        self.sizeLimit = MessageSplitter.defaultMaximumMessageSize
    }

    /// A read of the polling: nothing of it goes into one message.
    init(polling names: [String]) {
        self.names = names
        self.source = .device
        self.throwsErrors = false
        self.isCheck = false
        self.sizeLimit = .max
    }

    /// Reads the attributes for their alarms only.
    init(checking names: [String]) {
        self.names = names
        self.source = .device
        self.throwsErrors = false
        self.isCheck = true
        self.sizeLimit = .max
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        if !self.isStarted {
            self.isStarted = true
            if self.names.count == 1, self.names[0] == "All attributes" { self.names = runtime.allAttributes.map(\.name) }
            self.values.reserveCapacity(self.names.count)
            self.needsHook = !self.isCheck
        }
        while self.values.count < self.names.count {
            // A short request may ask for a big array many times over.
            guard self.size < self.sizeLimit else { throw SystemException.noResources }
            let name = self.names[self.values.count]
            guard let attribute = runtime.attribute(name) else {
                self.append(
                    AttributeValue(
                        name: name,
                        failure: DevFailed(.attributeNotFound, "\(name) attribute not found", origin: "MultiAttribute::get_attr_by_name"),
                        time: .now))
                continue
            }
            if self.needsHook {
                // Not called when no name is that of an attribute (measured).
                self.needsHook = false
                try runtime.device?.alwaysExecuted()
            }
            if attribute.isBuiltIn, !self.isCheck, self.waits(attribute, runtime) {
                // Its place is filled when all others are read.
                self.deferred.append((self.values.count, attribute.role))
                let nothing: AttributeData = attribute.role == .state ? .deviceState(.unknown) : .string([""])
                self.append(attribute.value(from: AttributeReading(nothing, dimension: .scalar), setSource: nil))
                continue
            }
            do {
                if let step = try self.read(attribute, runtime) {
                    self.awaited = attribute
                    return .await(step)
                }
            } catch {
                self.append(attribute.failed(DevFailed(wrapping: error), asked: self.names[self.values.count]))
            }
        }
        if !self.deferred.isEmpty, let step = try self.tellState(runtime) { return .await(step) }
        if self.throwsErrors, let failure = self.values.lazy.compactMap(\.failure).first { throw failure }
        return .finished(.attributeValues(self.values))
    }

    /// Whether State, or Status asked for together with it, has to wait for the attributes it depends on.
    private func waits(_ attribute: AttributeRuntime, _ runtime: DeviceRuntime) -> Bool {
        guard runtime.device != nil, !runtime.attributesTheStateDependsOn.isEmpty else { return false }
        return attribute.role == .state || self.names.contains { $0.tangoFolded == "state" }
    }

    /// Fills the places of State after reading what it depends on and was not read in this request.
    private mutating func tellState(_ runtime: DeviceRuntime) throws -> AsyncStep? {
        var condition =
            self.condition ?? ConditionReading(runtime, fresh: self.names.compactMap { runtime.attribute($0) }.map(ObjectIdentifier.init))
        let step = try condition.advance(runtime)
        self.condition = condition
        if let step { return step }
        let state = runtime.computedState()
        for (place, role) in self.deferred {
            self.values[place].data = role == .state ? .deviceState(state) : .string([runtime.status])
        }
        self.deferred = []
        self.condition = nil
        return nil
    }

    /// Reads with a synchronous handler, or returns what has to be awaited.
    private mutating func read(_ attribute: AttributeRuntime, _ runtime: DeviceRuntime) throws -> AsyncStep? {
        if let root = attribute.root { return try self.forward(attribute, root, runtime) }
        if self.source != .device, let cached = try runtime.cachedValue(of: attribute, self.source) {
            self.append(cached)
            return nil
        }
        if !attribute.isBuiltIn, let error = attribute.startUpError { throw error }
        if attribute.isBuiltIn, runtime.device == nil {
            // A device that could not be made still tells its state and why.
            let data: AttributeData = attribute.role == .state ? .deviceState(runtime.state) : .string([runtime.status])
            self.finish(attribute, AttributeReading(data, dimension: .scalar), runtime)
            return nil
        }
        let call = try runtime.call(attribute.name)
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(call, .read) {
            throw DevFailed(
                .attributeNotAllowed, "It is currently not allowed to read attribute \(attribute.name)", origin: "Device::read_attributes")
        }
        switch attribute.definition.reader {
        case .sync(let handler): self.finish(attribute, try handler(call), runtime)
        case .async(let handler): return .read(handler, name: attribute.name)
        case nil: self.finish(attribute, nil, runtime)
        }
        return nil
    }

    /// The root is asked, from where the client wants it.
    private func forward(_ attribute: AttributeRuntime, _ root: ForwardedRoot, _ runtime: DeviceRuntime) throws -> AsyncStep {
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(try runtime.call(attribute.name), .read) {
            throw DevFailed(
                .attributeNotAllowed, "It is currently not allowed to read attribute \(attribute.name)", origin: "Device::read_attributes")
        }
        let source = self.source
        return .forward { .attributeValues([try await root.read(as: attribute.name, source)]) }
    }

    private mutating func append(_ value: AttributeValue) {
        self.size += value.errors.isEmpty ? 100 + value.data.count * 8 : 400
        self.values.append(value)
    }

    private mutating func finish(_ attribute: AttributeRuntime, _ reading: AttributeReading?, _ runtime: DeviceRuntime) {
        var value = self.isCheck ? attribute.value(from: reading, setSource: nil) : runtime.value(of: attribute, from: reading)
        if !value.errors.isEmpty { value.name = self.names[self.values.count] }
        self.append(value)
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if self.condition != nil {
            try self.condition?.resume(result, runtime)
            return
        }
        guard let attribute = self.awaited else { return }
        self.awaited = nil
        switch result {
        case .success(.reading(let reading)): self.finish(attribute, reading, runtime)
        case .success(.answer(.attributeValues(let values))): self.append(attribute.forwarded(values[0]))
        case .success: self.finish(attribute, nil, runtime)
        case .failure(let error): self.append(attribute.failed(DevFailed(wrapping: error), asked: self.names[self.values.count]))
        }
    }
}
