/// One element of a pipe blob: a value, or another blob (IDL `DevPipeDataElt`).
public struct PipeElement: Sendable, Hashable {
    /// What an element holds.
    public indirect enum Content: Sendable, Hashable {
        /// A scalar or an array; `isArray` distinguishes an array of one element from a scalar.
        case value(AttributeData, isArray: Bool)
        /// A blob within the blob.
        case blob(PipeBlob)
    }

    /// Name of the element.
    public var name: String
    /// Its value or blob.
    public var content: Content

    /// Creates an element.
    public init(name: String, content: Content) {
        self.name = name
        self.content = content
    }
}

/// A named, ordered list of elements (IDL `DevPipeBlob`).
public struct PipeBlob: Sendable, Hashable {
    /// Name of the blob.
    public var name: String
    /// The elements, in order.
    public var elements: [PipeElement]

    /// Creates a blob.
    public init(name: String, elements: [PipeElement]) {
        self.name = name
        self.elements = elements
    }
}

/// A pipe as read or written (IDL `DevPipeData`).
public struct PipeValue: Sendable, Hashable {
    /// Name of the pipe.
    public var name: String
    /// When it was read.
    public var time: Timestamp
    /// The content.
    public var blob: PipeBlob

    /// Creates the value of a pipe.
    public init(name: String, time: Timestamp, blob: PipeBlob) {
        self.name = name
        self.time = time
        self.blob = blob
    }
}
