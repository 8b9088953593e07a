import TangoCore

/// Reads the attributes that a device's state depends on, so that the state computed next follows their alarms.
///
/// Values are not kept; a failed read counts as no value.
struct StateCheck: Sendable {
    private var attributes: ArraySlice<AttributeRuntime>

    /// - Parameter fresh: attributes read in the same request, which are not read again.
    init(_ runtime: DeviceRuntime, fresh: [ObjectIdentifier] = []) {
        self.attributes = runtime.stateAndStatus.attributesTheStateDependsOn.filter { !fresh.contains(ObjectIdentifier($0)) }[...]
    }

    /// Reads as far as handlers are synchronous.
    /// - Returns: whether all are read; else `finish` has to be awaited.
    mutating func advance(_ runtime: DeviceRuntime) -> Bool {
        while let attribute = self.attributes.first {
            do {
                guard case .finished(let reading) = try AttributeRead(of: attribute, from: .device, on: runtime) else { return false }
                _ = attribute.value(from: reading, setSource: nil)
            } catch {
                _ = attribute.failed(DevFailed(wrapping: error))
            }
            self.attributes.removeFirst()
        }
        return true
    }

    /// Reads those that are left, in order.
    func finish(_ runtime: DeviceRuntime) async {
        for attribute in self.attributes {
            do {
                switch try AttributeRead(of: attribute, from: .device, on: runtime) {
                case .finished(let reading): _ = attribute.value(from: reading, setSource: nil)
                case .suspended(let read): _ = try await read.finish(runtime) { $0.value(from: $1, setSource: nil) }
                }
            } catch {
                _ = attribute.failed(DevFailed(wrapping: error))
            }
        }
    }
}
