import TangoCore

/// The read of one attribute: what its handler returned, or what has to be awaited.
enum AttributeRead: Sendable {
    case finished(AttributeReading?)
    case suspended(SuspendedRead)

    /// Starts to read an attribute; the handler has run when it is synchronous.
    /// - Parameter source: where a forwarded attribute's root is to be read from.
    /// - Throws: `API_AttrNotAllowed`, an error of the configuration, what the handler throws.
    init(of attribute: AttributeRuntime, from source: DevSource, on runtime: DeviceRuntime) throws {
        if let root = attribute.root {
            if let isAllowed = attribute.definition.isAllowed, !isAllowed(try runtime.call(attribute.name), .read) {
                throw DevFailed.attributeNotReadable(attribute.name)
            }
            self = .suspended(.root(attribute, root, source))
            return
        }
        if !attribute.isBuiltIn, let error = attribute.startUpError { throw error }
        if attribute.isBuiltIn, runtime.device == nil {
            // A device whose object could not be made still has a state and a reason.
            let data: AttributeData = attribute.role == .state ? .deviceState(runtime.state) : .string([runtime.status])
            self = .finished(AttributeReading(data, dimension: .scalar))
            return
        }
        let call = try runtime.call(attribute.name)
        if let isAllowed = attribute.definition.isAllowed, !isAllowed(call, .read) {
            throw DevFailed.attributeNotReadable(attribute.name)
        }
        switch attribute.definition.reader {
        case .sync(let handler): self = .finished(try handler(call))
        case .async(let handler): self = .suspended(.handler(attribute, handler))
        case nil: self = .finished(nil)
        }
    }
}

/// The read of one attribute that has to be awaited.
enum SuspendedRead: Sendable {
    case handler(AttributeRuntime, @concurrent @Sendable (MemberCall) async throws -> AttributeReading?)
    /// A forwarded attribute, whose root is read in its place.
    case root(AttributeRuntime, ForwardedRoot, DevSource)

    var attribute: AttributeRuntime {
        switch self {
        case .handler(let attribute, _), .root(let attribute, _, _): attribute
        }
    }

    /// Awaits the read and returns the value, made from what a handler returned by `value`. Only for the holder of the gate.
    func finish(
        _ runtime: DeviceRuntime, value: (AttributeRuntime, AttributeReading?) -> AttributeValue
    ) async throws -> AttributeValue {
        switch self {
        case .handler(let attribute, let handler): value(attribute, try await handler(try runtime.call(attribute.name)))
        case .root(let attribute, let root, let source): attribute.forwarded(try await root.read(as: attribute.name, source))
        }
    }
}
