import TangoCore
import TangoWire

/// Writes attributes, all that can be written even if others fail; then reads, where the operation says so.
struct WriteOperation: GatedOperation {
    /// A value that passed the checks.
    struct Pending: Sendable {
        let attribute: AttributeRuntime
        var write: AttributeWrite
        /// Index in the client's list.
        let index: Int32
    }

    enum Suspension: Sendable {
        case writing(Pending, @concurrent @Sendable (MemberCall, AttributeWrite) async throws -> Void)
        /// Stores a memorized value in the database, after it was written.
        case memorizing(Pending, String)
        case reading(ReadOperation, ReadOperation.Suspension)
    }

    private enum Phase {
        case checking
        /// At that index of the values that passed the checks.
        case writing(Int)
        case reading(ReadOperation)
    }

    var isAlwaysSerialized: Bool { true }
    private let values: [AttributeValue]
    private let version: Int
    /// Names to read afterwards; `nil` for a plain write.
    private let namesToRead: [String]?
    private var phase = Phase.checking
    private var pending: [Pending] = []
    private var errors: [NamedDevError] = []

    /// - Parameter read: names to read afterwards, those that are written if empty; `nil` for a plain write.
    init(values: [AttributeValue], read: [String]?, version: Int) {
        self.values = values
        self.version = version
        self.namesToRead = read.map { $0.isEmpty ? values.map(\.name) : $0 }
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .checking:
            self.check(runtime)
            if !self.pending.isEmpty { try runtime.device?.alwaysExecuted() }
            self.checkRanges(runtime)
            return try self.write(from: 0, runtime)
        case .writing(let index): return try self.write(from: index, runtime)
        case .reading(let read): return try self.read(read, runtime)
        }
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        switch suspension {
        case .writing(let pending, let handler):
            do {
                try await handler(try runtime.call(pending.attribute.name), pending.write)
                Self.store(pending, runtime)
                if let text = Self.memorizedText(pending) { try await Self.memorize(text, of: pending, runtime) }
            } catch {
                self.fail(pending, error)
            }
        case .memorizing(let pending, let text):
            do {
                try await Self.memorize(text, of: pending, runtime)
            } catch {
                self.fail(pending, error)
            }
        case .reading(var read, let suspension):
            try await read.resume(after: suspension, runtime)
            self.phase = .reading(read)
        }
    }

    // MARK: - Checks

    private mutating func check(_ runtime: DeviceRuntime) {
        for (index, value) in self.values.enumerated() {
            do {
                guard let attribute = runtime.attribute(value.name) else {
                    throw DevFailed.attributeNotFound(value.name, origin: "MultiAttribute::get_attr_ind_by_name")
                }
                var value = value
                if self.version < 4 { value.writeDimension = value.readDimension }
                self.pending.append(Pending(attribute: attribute, write: try attribute.checked(value), index: Int32(index)))
            } catch {
                self.errors.append(NamedDevError(name: value.name, index: Int32(index), errors: DevFailed(wrapping: error).errors))
            }
        }
    }

    /// Values outside their limits come after those that cannot be written at all, in the errors too (cppTango 9.3.4).
    private mutating func checkRanges(_ runtime: DeviceRuntime) {
        var outside: [NamedDevError] = []
        for (position, pending) in self.pending.enumerated().reversed() {
            do {
                self.pending[position].write = try pending.attribute.accepted(pending.write, allowsNaN: runtime.server.allowsNaN)
            } catch {
                self.pending.remove(at: position)
                outside.append(
                    NamedDevError(name: pending.attribute.name, index: pending.index, errors: DevFailed(wrapping: error).errors))
            }
        }
        self.errors += outside.reversed()
    }

    // MARK: - Writing

    private mutating func write(from first: Int, _ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        for index in first..<self.pending.count {
            let pending = self.pending[index]
            do {
                guard let suspension = try Self.write(pending, runtime) else { continue }
                self.phase = .writing(index + 1)
                return .suspended(suspension)
            } catch {
                self.fail(pending, error)
            }
        }
        guard self.errors.isEmpty else {
            // Before interface 3 there is no structure for several failures.
            if self.version < 3 { throw DevFailed(errors: self.errors[0].errors) }
            throw MultiDevFailed(errors: self.errors)
        }
        guard let names = self.namesToRead else { return .finished(.void) }
        return try self.read(ReadOperation(names: names, source: .device, version: 5), runtime)
    }

    /// Writes with a synchronous handler, or returns what has to be awaited.
    private static func write(_ pending: Pending, _ runtime: DeviceRuntime) throws -> Suspension? {
        let attribute = pending.attribute
        let call = try runtime.call(attribute.name)
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(call, .write) {
            throw DevFailed(
                .attributeNotAllowed,
                "It is currently not allowed to write attribute \(attribute.name). The device state is \(runtime.state.name)",
                origin: "Device::write_attributes")
        }
        switch attribute.definition.writer {
        case .sync(let handler): try handler(call, pending.write)
        case .async(let handler): return .writing(pending, handler)
        case nil: break
        }
        Self.store(pending, runtime)
        return Self.memorizedText(pending).map { .memorizing(pending, $0) }
    }

    /// Stores a written value as the set value.
    private static func store(_ pending: Pending, _ runtime: DeviceRuntime) {
        if pending.attribute.store(pending.write) { runtime.members.updateAlarmIndex(for: pending.attribute) }
    }

    /// What the database keeps of a written value; `nil` if it is not memorized.
    private static func memorizedText(_ pending: Pending) -> String? {
        pending.attribute.definition.memorization == .none ? nil : pending.write.data.memorizedText
    }

    /// Stores a memorized value in the database once it is written: one that the device refuses, or that ends the server, is not written
    /// again at the next start. The client gets the error of the database, and the set value is what the device got (Compatibility 13.6).
    private static func memorize(_ text: String, of pending: Pending, _ runtime: DeviceRuntime) async throws {
        try await runtime.database.change(.attribute(pending.attribute.name), [(AttributeRuntime.memorizedProperty, [text])])
    }

    private mutating func fail(_ pending: Pending, _ error: any Error) {
        self.errors.append(NamedDevError(name: pending.attribute.name, index: pending.index, errors: DevFailed(wrapping: error).errors))
    }

    // MARK: - Reading afterwards

    private mutating func read(_ operation: ReadOperation, _ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        var operation = operation
        switch try operation.advance(runtime) {
        case .finished(let result): return .finished(result)
        case .suspended(let suspension): return .suspended(.reading(operation, suspension))
        }
    }
}
