import Logging
import TangoCore
import TangoWire

/// Set values that outlive the server: written to the device again when it starts or is initialized (measured rules of 13).
extension DeviceRuntime {
    /// Writes the set values of all attributes that ask for it. What fails makes the device show ALARM until a write succeeds.
    func writeMemorized() async {
        let attributes = self.members.withLock { members in members.attributes.members }
            .filter { $0.definition.memorization == .memorizedWriteAtInit && $0.writtenValue != nil }
        guard !attributes.isEmpty else { return }
        _ = await OperationRunner.run(MemorizedOperation(attributes), on: self)
    }

    /// The same for attributes that were added to a running device.
    func writeMemorizedLater(_ attributes: [AttributeRuntime]) {
        Task { _ = await OperationRunner.run(MemorizedOperation(attributes), on: self) }
    }
}

/// Writes set values to the device without telling the database what it knows already.
struct MemorizedOperation: GatedOperation {
    private let attributes: [AttributeRuntime]
    private var position = 0

    init(_ attributes: [AttributeRuntime]) {
        self.attributes = attributes
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        while self.position < self.attributes.count {
            let attribute = self.attributes[self.position]
            guard let write = attribute.writtenValue else {
                self.position += 1
                continue
            }
            do {
                try attribute.checkRange(write.data, allowsNaN: runtime.server.allowsNaN)
            } catch {
                // Outside the limits of now: said, not used, and no alarm (measured).
                runtime.kernelLogger.error("memorized value not used", metadata: Self.metadata(runtime, attribute, error))
                attribute.forgetSetValue()
                self.position += 1
                continue
            }
            do {
                let call = try runtime.call(attribute.name)
                switch attribute.definition.writer {
                case .sync(let handler): try handler(call, write)
                case .async(let handler): return .await(.write(handler, write))
                case nil: break
                }
                self.succeeded(attribute, write, runtime)
            } catch {
                self.failed(attribute, error, runtime)
            }
        }
        return .finished(.void)
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        let attribute = self.attributes[self.position]
        switch result {
        case .success: if let write = attribute.writtenValue { self.succeeded(attribute, write, runtime) }
        case .failure(let error): self.failed(attribute, error, runtime)
        }
    }

    private mutating func succeeded(_ attribute: AttributeRuntime, _ write: AttributeWrite, _ runtime: DeviceRuntime) {
        self.position += 1
        if attribute.store(write) { runtime.updateAlarmIndex(for: attribute) }
    }

    private mutating func failed(_ attribute: AttributeRuntime, _ error: any Error, _ runtime: DeviceRuntime) {
        self.position += 1
        attribute.memorizedWriteFailed(DevFailed(wrapping: error))
        runtime.updateAlarmIndex(for: attribute)
        runtime.kernelLogger.error(
            "Failed to execute DeviceClass::set_memorized_values()", metadata: Self.metadata(runtime, attribute, error))
    }

    private static func metadata(_ runtime: DeviceRuntime, _ attribute: AttributeRuntime, _ error: any Error) -> Logger.Metadata {
        ["attribute": "\(attribute.name)", "error": "\(error)"]
    }
}
