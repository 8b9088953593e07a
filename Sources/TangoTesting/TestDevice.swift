import TangoServer

/// A device for `withDevices`: its class, its name, and what a database would hold of it.
public struct TestDevice: Sendable {
    public var deviceClass: DeviceClass
    public var name: String
    public var properties: [String: [String]]
    /// By attribute, then property: `["Current": ["max_alarm": ["9"], "__value": ["1.5"]]]`.
    public var attributeProperties: [String: [String: [String]]]

    /// - Parameters:
    ///   - name: `domain/family/member`.
    ///   - properties: values of device properties; several lines where there are several values.
    public init(
        _ deviceClass: DeviceClass, _ name: String, properties: [String: [String]] = [:],
        attributeProperties: [String: [String: [String]]] = [:]
    ) {
        self.deviceClass = deviceClass
        self.name = name
        self.properties = properties
        self.attributeProperties = attributeProperties
    }
}
