import TangoCore

/// Declares a pipe: `DevicePipe("Settings").read { [PipeElement("Current", $0.current), PipeElement("Mode", $0.mode)] }`.
public struct DevicePipe<D: Device>: Sendable {
    /// What the kernel takes.
    public private(set) var definition: PipeDefinition

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

    /// Reads it by this code: elements of a blob that has the pipe's name.
    public func read(_ read: @escaping @Sendable (D) throws -> [PipeElement]) -> DevicePipe {
        self.reader(.sync { call in PipeBlob(name: call.name, elements: try read(try call.device(as: D.self))) })
    }

    /// Reads it by this asynchronous code.
    public func read(_ read: @escaping @Sendable (D) async throws -> [PipeElement]) -> DevicePipe {
        self.reader(.async { call in PipeBlob(name: call.name, elements: try await read(try call.device(as: D.self))) })
    }

    /// Reads it by a method: `.read(PowerSupply.readSettings)`.
    public func read(_ method: @escaping @Sendable (D) -> () throws -> [PipeElement]) -> DevicePipe {
        self.read { device in try method(device)() }
    }

    /// Reads it by an asynchronous method.
    public func read(_ method: @escaping @Sendable (D) -> () async throws -> [PipeElement]) -> DevicePipe {
        self.read { device in try await method(device)() }
    }

    /// Writes it by this code; `try blob.value("Current", as: Double.self)` takes a value out.
    public func write(_ write: @escaping @Sendable (D, PipeBlob) throws -> Void) -> DevicePipe {
        self.writer(.sync { call, blob in try write(try call.device(as: D.self), blob) })
    }

    /// Writes it by this asynchronous code.
    public func write(_ write: @escaping @Sendable (D, PipeBlob) async throws -> Void) -> DevicePipe {
        self.writer(.async { call, blob in try await write(try call.device(as: D.self), blob) })
    }

    /// Writes it by a method: `.write(PowerSupply.writeSettings)`.
    public func write(_ method: @escaping @Sendable (D) -> (PipeBlob) throws -> Void) -> DevicePipe {
        self.write { device, blob in try method(device)(blob) }
    }

    /// Writes it by an asynchronous method.
    public func write(_ method: @escaping @Sendable (D) -> (PipeBlob) async throws -> Void) -> DevicePipe {
        self.write { device, blob in try await method(device)(blob) }
    }
}

extension DevicePipe: MemberDeclaration {
    public func restricted(by rule: @escaping AccessCheck) -> DevicePipe {
        var copy = self
        copy.definition.isAllowed = copy.definition.isAllowed.and(rule)
        return copy
    }
}
