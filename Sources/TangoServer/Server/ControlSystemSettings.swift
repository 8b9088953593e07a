import Synchronization

/// Free properties of the control system (object `CtrlSystem` of the database) that change what devices do; set when the server has
/// read its data.
final class ControlSystemSettings: Sendable {
    let allowsNaN = Atomic<Bool>(false)
    /// Whether a pushed change event sends an alarm event, too (`AutoAlarmOnChangeEvent`).
    let sendsAlarmsWithChanges = Atomic<Bool>(true)

    /// Applies the properties.
    /// - Parameter properties: by name in lower case.
    func apply(_ properties: [String: [String]]) {
        self.allowsNaN.store(properties["wattrnanallowed"]?.first?.lowercased() == "true", ordering: .relaxed)
        self.sendsAlarmsWithChanges.store(properties["autoalarmonchangeevent"]?.first?.lowercased() != "false", ordering: .relaxed)
    }
}
