/// Bytes with the name of their format (IDL `DevEncoded`).
public struct DevEncoded: Sendable, Hashable {
    /// Name of the format, such as `JPEG_RGB`.
    public var format: String
    /// The bytes.
    public var data: [UInt8]

    /// Creates an encoded value.
    public init(format: String, data: [UInt8]) {
        self.format = format
        self.data = data
    }
}
