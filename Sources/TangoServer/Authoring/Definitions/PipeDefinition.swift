public import TangoCore

/// A pipe as the kernel knows it: the one form of static declarations (`DevicePipe`) and of additions at run time.
public struct PipeDefinition: Sendable {
    /// Name, label, description, display level, and whether it can be written.
    public var config: PipeConfig
    /// Reads it.
    public var reader: PipeReader
    /// Writes it; `nil` for a pipe that can only be read.
    public var writer: PipeWriter?
    /// Whether it may be read or written now; `nil` is always.
    public var isAllowed: AccessCheck?

    /// Makes a definition; see the properties for the parameters.
    public init(_ config: PipeConfig, reader: PipeReader, writer: PipeWriter? = nil, isAllowed: AccessCheck? = nil) {
        self.config = config
        self.reader = reader
        self.writer = writer
        self.isAllowed = isAllowed
    }
}
