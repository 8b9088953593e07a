public import TangoCore

/// Declares a pipe: `DevicePipe("Settings").read { [PipeElement("Current", $0.current), PipeElement("Mode", $0.mode)] }`.
///
/// A pipe without a read handler fails reads with `API_PipeValueNotSet`.
public struct DevicePipe<D: Device>: Sendable {
    /// The same for the kernel.
    public private(set) var definition: PipeDefinition

    /// Declares a pipe without handlers; add them with `read` and `write`.
    /// - Parameters:
    ///   - name: name as clients see it; it is compared without regard to case.
    ///   - device: the class whose code serves it; inferred inside `DeviceClass(…) { … }`.
    ///   - label: name shown to people; `nil` is the pipe's name.
    ///   - description: text shown to people.
    ///   - level: whether clients show it to operators or to experts only.
    public init(
        _ name: String, of device: D.Type = D.self, label: String? = nil, description: String? = nil, level: DisplayLevel = .operator
    ) {
        self.definition = PipeDefinition(
            PipeConfig(name: name, description: description ?? "No description", label: label, level: level),
            reader: .sync { call in
                throw DevFailed(.pipeValueNotSet, "Value for pipe \(call.name) has not been updated", origin: "Device_5Impl::read_pipe")
            })
    }

    private func reader(_ reader: PipeReader) -> DevicePipe {
        var copy = self
        copy.definition.reader = reader
        return copy
    }

    private func writer(_ writer: PipeWriter) -> DevicePipe {
        var copy = self
        copy.definition.writer = writer
        copy.definition.config.writable = .readWrite
        return copy
    }

    /// Reads it with a closure that returns the elements of the blob; the blob has the pipe's name.
    public func read(_ read: @escaping @Sendable (D) throws -> [PipeElement]) -> DevicePipe {
        self.reader(.sync { call in PipeBlob(name: call.name, elements: try read(try call.device(as: D.self))) })
    }

    /// Reads it with an asynchronous closure. No other request runs on the device meanwhile.
    public func read(_ read: @escaping @concurrent @Sendable (D) async throws -> [PipeElement]) -> DevicePipe {
        self.reader(.async { call in PipeBlob(name: call.name, elements: try await read(try call.device(as: D.self))) })
    }

    /// Writes it with a closure, which makes the pipe writable. `try blob.value("Current", as: Double.self)` reads an element.
    public func write(_ write: @escaping @Sendable (D, PipeBlob) throws -> Void) -> DevicePipe {
        self.writer(.sync { call, blob in try write(try call.device(as: D.self), blob) })
    }

    /// Writes it with an asynchronous closure, which makes the pipe writable. No other request runs on the device meanwhile.
    public func write(_ write: @escaping @concurrent @Sendable (D, PipeBlob) async throws -> Void) -> DevicePipe {
        self.writer(.async { call, blob in try await write(try call.device(as: D.self), blob) })
    }
}

extension DevicePipe: MemberDeclaration {
    /// Returns the pipe with one more rule about when it may be read or written.
    public func restricted(by rule: @escaping AccessCheck) -> DevicePipe {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}
