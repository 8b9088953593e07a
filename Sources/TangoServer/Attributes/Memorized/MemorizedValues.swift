import Logging
import TangoCore
import TangoWire

/// Memorized values: set values that are written to the device again when it starts or is initialized (Compatibility 13).
extension DeviceRuntime {
    /// Writes the set values of all attributes that are memorized with a write at init. A failure sets the state to ALARM until a write
    /// succeeds.
    func writeMemorized() async {
        let attributes = self.members.attributes
            .filter { $0.definition.memorization == .memorizedWriteAtInit && $0.writtenValue != nil }
        guard !attributes.isEmpty else { return }
        _ = await OperationRunner.run(MemorizedOperation(attributes), on: self)
    }

    /// The same for attributes that were added to a running device.
    func writeMemorizedLater(_ attributes: [AttributeRuntime]) {
        Task { _ = await OperationRunner.run(MemorizedOperation(attributes), on: self) }
    }
}
