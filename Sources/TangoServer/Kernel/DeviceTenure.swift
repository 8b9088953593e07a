/// What a device keeps when DevRestart replaces its object: it belongs to the name, not to the object.
final class DeviceTenure: Sendable {
    init() {}
}
