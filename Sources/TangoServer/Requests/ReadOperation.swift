import TangoCore
import TangoWire

/// Reads attributes: one value per name, in order; the failure of one is in its value.
struct ReadOperation: GatedOperation {
    enum Suspension: Sendable {
        case reading(SuspendedRead)
        /// Reads what State depends on.
        case checkingState(StateCheck)
    }

    /// Whom the values are for.
    private enum Purpose {
        /// A client, over an interface of that version.
        case client(version: Int)
        /// The poll cache.
        case polling

        /// Interfaces 1 and 2 have no place for the error of one attribute: it fails the call.
        var throwsErrors: Bool {
            switch self {
            case .client(let version): version < 3
            case .polling: false
            }
        }

        /// Largest size of the values together, in bytes. Polled values never go into one message.
        var sizeLimit: Int {
            switch self {
            case .client: MessageSplitter.defaultMaximumMessageSize
            case .polling: .max
            }
        }
    }

    private enum Phase {
        case starting
        /// `alwaysExecuted` is called when the first attribute is found, and not at all when no name is that of one (cppTango 9.3.4).
        case beforeHook
        case reading
    }

    private var names: [String]
    private let source: DevSource
    private let purpose: Purpose
    /// Values of the poll cache by position, `nil` where the device has to be read; empty when nothing is taken from the cache.
    private let cached: [AttributeValue?]
    private var phase = Phase.starting
    private var values: [AttributeValue] = []
    /// Indexes of State and Status; they are filled last, after the attributes they depend on.
    private var deferred: [(index: Int, role: MemberRole)] = []
    /// Approximate size of the values in bytes.
    private var size = 0

    /// - Parameters:
    ///   - source: where roots of forwarded attributes are read from.
    ///   - cached: values of the poll cache, one for each name.
    init(names: [String], source: DevSource, version: Int, cached: [AttributeValue?] = []) {
        self.names = names
        self.source = source
        self.purpose = .client(version: version)
        self.cached = cached
    }

    /// Reads for the poll cache.
    init(polling names: [String]) {
        self.names = names
        self.source = .device
        self.purpose = .polling
        self.cached = []
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .starting:
            if self.names.count == 1, self.names[0] == AttributeRuntime.allNames { self.names = runtime.allAttributes.map(\.name) }
            self.values.reserveCapacity(self.names.count)
            self.phase = .beforeHook
        case .beforeHook, .reading: break
        }
        while self.values.count < self.names.count {
            // A short request may name a big array many times over.
            guard self.size < self.purpose.sizeLimit else { throw SystemException.noResources }
            let name = self.names[self.values.count]
            guard let attribute = runtime.attribute(name) else {
                self.append(AttributeValue(name: name, failure: .attributeNotFound(name), time: .now))
                continue
            }
            switch self.phase {
            case .starting, .beforeHook:
                self.phase = .reading
                try runtime.device?.alwaysExecuted()
            case .reading: break
            }
            if attribute.isBuiltIn, self.isDeferred(attribute, runtime) {
                self.deferred.append((self.values.count, attribute.role))
                let placeholder: AttributeData = attribute.role == .state ? .deviceState(.unknown) : .string([""])
                self.append(attribute.value(from: AttributeReading(placeholder, dimension: .scalar), setSource: nil))
                continue
            }
            if !self.cached.isEmpty, let value = self.cached[self.values.count] {
                self.append(value)
                continue
            }
            do {
                switch try AttributeRead(of: attribute, from: self.source, on: runtime) {
                case .finished(let reading): self.append(read: runtime.value(of: attribute, from: reading))
                case .suspended(let read): return .suspended(.reading(read))
                }
            } catch {
                self.append(read: attribute.failed(DevFailed(wrapping: error)))
            }
        }
        if !self.deferred.isEmpty {
            var check = StateCheck(runtime, fresh: self.names.compactMap { runtime.attribute($0) }.map(ObjectIdentifier.init))
            guard check.advance(runtime) else { return .suspended(.checkingState(check)) }
            self.fillState(runtime)
        }
        if self.purpose.throwsErrors, let failure = self.values.lazy.compactMap(\.failure).first { throw failure }
        return .finished(.attributeValues(self.values))
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .reading(let read):
            do {
                self.append(read: try await read.finish(runtime) { runtime.value(of: $0, from: $1) })
            } catch {
                self.append(read: read.attribute.failed(DevFailed(wrapping: error)))
            }
        case .checkingState(let check):
            await check.finish(runtime)
            self.fillState(runtime)
        }
    }

    /// Whether State, or Status read together with it, has to wait for the attributes it depends on.
    private func isDeferred(_ attribute: AttributeRuntime, _ runtime: DeviceRuntime) -> Bool {
        guard runtime.device != nil, !runtime.stateAndStatus.attributesTheStateDependsOn.isEmpty else { return false }
        return attribute.role == .state || self.names.contains { $0.tangoFolded == "state" }
    }

    /// Fills the values of State and Status, whose attributes are read.
    private mutating func fillState(_ runtime: DeviceRuntime) {
        let state = runtime.stateAndStatus.computedState()
        for (index, role) in self.deferred {
            self.values[index].data = role == .state ? .deviceState(state) : .string([runtime.status])
        }
        self.deferred = []
    }

    /// Appends what a read gave; a failure carries the name as the client wrote it.
    private mutating func append(read value: AttributeValue) {
        self.append(value)
        if !value.errors.isEmpty { self.values[self.values.count - 1].name = self.names[self.values.count - 1] }
    }

    private mutating func append(_ value: AttributeValue) {
        self.size += value.approximateSize
        self.values.append(value)
    }
}

extension AttributeValue {
    /// About how many bytes the value takes in a message.
    var approximateSize: Int { self.errors.isEmpty ? 100 + self.data.count * 8 : 400 }
}
