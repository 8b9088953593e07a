import Logging
import TangoCore
import TangoWire

/// Writes memorized values to the device, without storing again what the database has already.
struct MemorizedOperation: GatedOperation {
    struct Suspension: Sendable {
        let attribute: AttributeRuntime
        let handler: @concurrent @Sendable (MemberCall, AttributeWrite) async throws -> Void
        let write: AttributeWrite
    }

    private let attributes: [AttributeRuntime]
    /// Index of the next attribute.
    private var position = 0

    init(_ attributes: [AttributeRuntime]) {
        self.attributes = attributes
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        while self.position < self.attributes.count {
            let attribute = self.attributes[self.position]
            self.position += 1
            guard let write = attribute.writtenValue else { continue }
            do {
                try attribute.checkRange(write.data, allowsNaN: runtime.server.allowsNaN)
            } catch {
                // Outside the present limits: logged and not used; no alarm (cppTango 9.3.4).
                runtime.kernelLogger.error("memorized value not used", metadata: Self.metadata(attribute, error))
                attribute.forgetSetValue()
                continue
            }
            do {
                let call = try runtime.call(attribute.name)
                switch attribute.definition.writer {
                case .sync(let handler): try handler(call, write)
                case .async(let handler): return .suspended(Suspension(attribute: attribute, handler: handler, write: write))
                case nil: break
                }
                Self.succeed(attribute, runtime)
            } catch {
                Self.fail(attribute, error, runtime)
            }
        }
        return .finished(.void)
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        let attribute = suspension.attribute
        do {
            try await suspension.handler(try runtime.call(attribute.name), suspension.write)
            Self.succeed(attribute, runtime)
        } catch {
            Self.fail(attribute, error, runtime)
        }
    }

    private static func succeed(_ attribute: AttributeRuntime, _ runtime: DeviceRuntime) {
        if let write = attribute.writtenValue, attribute.store(write) { runtime.members.updateAlarmIndex(for: attribute) }
    }

    private static func fail(_ attribute: AttributeRuntime, _ error: any Error, _ runtime: DeviceRuntime) {
        attribute.memorizedWriteFailed(DevFailed(wrapping: error))
        runtime.members.updateAlarmIndex(for: attribute)
        runtime.kernelLogger.error("Failed to execute DeviceClass::set_memorized_values()", metadata: Self.metadata(attribute, error))
    }

    private static func metadata(_ attribute: AttributeRuntime, _ error: any Error) -> Logger.Metadata {
        ["attribute": "\(attribute.name)", "error": "\(error)"]
    }
}
