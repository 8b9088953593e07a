public import TangoServer

/// A device for `withDevices`: its class, its name, and its properties in place of a database.
public struct TestDevice: Sendable {
    /// Class of the device.
    public var deviceClass: DeviceClass
    /// `domain/family/member`.
    public var name: String
    /// Device properties as a database holds them.
    public var properties: [String: [String]]
    /// Attribute properties by attribute, then property: `["Current": ["max_alarm": ["9"], "__value": ["1.5"]]]`.
    public var attributeProperties: [String: [String: [String]]]

    /// Creates a device.
    /// - Parameters:
    ///   - deviceClass: class of the device.
    ///   - attributeProperties: attribute properties by attribute, then property.
    ///   - name: `domain/family/member`.
    ///   - properties: values of device properties.
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
