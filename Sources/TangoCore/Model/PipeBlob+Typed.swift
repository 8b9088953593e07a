extension PipeElement {
    /// Creates an element with one value.
    public init<T: TangoScalar>(_ name: String, _ value: T) {
        self.init(name: name, content: .value(T.attributeData([value]), isArray: false))
    }

    /// Creates an element with an array.
    public init<T: TangoScalar>(_ name: String, _ values: [T]) {
        self.init(name: name, content: .value(T.attributeData(values), isArray: true))
    }

    /// Creates an element with a blob of the same name.
    public init(_ name: String, _ elements: [PipeElement]) {
        self.init(name: name, content: .blob(PipeBlob(name: name, elements: elements)))
    }
}

extension PipeBlob {
    /// The first element of that name, compared without case; `nil` when there is none.
    public subscript(name: String) -> PipeElement? {
        self.elements.first { $0.name.tangoFolded == name.tangoFolded }
    }

    /// Returns the value of an element: `let current: Double = try blob.value("Current")`.
    /// - Throws: `API_PipeDataEltNotFound` when there is none of that name, `API_IncompatibleArgumentType` when it is of another type.
    public func value<T: TangoScalar>(_ name: String, as type: T.Type = T.self) throws(DevFailed) -> T {
        guard let value = try self.values(name, of: type).first else { throw self.incompatible(name, type) }
        return value
    }

    /// Returns the values of an element that is an array.
    /// - Throws: `API_PipeDataEltNotFound` when there is none of that name, `API_IncompatibleArgumentType` when it is of another type.
    public func values<T: TangoScalar>(_ name: String, of type: T.Type = T.self) throws(DevFailed) -> [T] {
        guard case .value(let data, _) = try self.content(name), let values = T.values(of: data) else {
            throw self.incompatible(name, type)
        }
        return values
    }

    /// Returns the blob within an element.
    /// - Throws: `API_PipeDataEltNotFound` when there is none of that name, `API_IncompatibleArgumentType` when it is a value.
    public func blob(_ name: String) throws(DevFailed) -> PipeBlob {
        guard case .blob(let blob) = try self.content(name) else { throw self.incompatible(name, PipeBlob.self) }
        return blob
    }

    private func content(_ name: String) throws(DevFailed) -> PipeElement.Content {
        guard let element = self[name] else {
            throw DevFailed("API_PipeDataEltNotFound", "Can't find data element with name \(name) in blob \(self.name)", origin: "PipeBlob")
        }
        return element.content
    }

    private func incompatible(_ name: String, _ type: Any.Type) -> DevFailed {
        DevFailed("API_IncompatibleArgumentType", "Data element \(name) of blob \(self.name) is not a \(type)", origin: "PipeBlob")
    }
}
