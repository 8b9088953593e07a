import TangoCore

extension PipeBlob {
    /// Converts the elements of a pipe to write: a list of `{"name","type","value":[…]}`.
    /// - Throws: 400 for anything else.
    init(name: String, elements value: JSONValue) throws(HTTPFailure) {
        guard let items = value.array else { throw HTTPFailure.badValue("The value of a pipe is a list of elements") }
        var elements: [PipeElement] = []
        for item in items {
            guard let object = item.object, let name = object["name"], let typeName = object["type"]?.string, let value = object["value"]
            else {
                throw HTTPFailure.badValue("An element of a pipe is {\"name\":…,\"type\":…,\"value\":[…]}")
            }
            guard let type = DataType(name: typeName) ?? (typeName.tangoFolded == "state" ? .state : nil), let values = value.array else {
                throw HTTPFailure.badValue("\"\(typeName)\" is not a type, or the value is not a list")
            }
            let elementName = try ValueReader.string(name)
            if type == .pipeBlob {
                elements.append(PipeElement(name: elementName, content: .blob(try PipeBlob(name: elementName, elements: value))))
                continue
            }
            let data = try ValueReader(type: type.elementOfArray ?? type).elements(values)
            let isArray = type.elementOfArray != nil || values.count != 1
            elements.append(PipeElement(name: elementName, content: .value(data, isArray: isArray)))
        }
        self.init(name: name, elements: elements)
    }

    /// The elements as JSON: values are always lists, inner blobs are lists of elements.
    var json: JSONValue {
        .array(
            self.elements.map { element in
                switch element.content {
                case .value(let data, _): ["name": .string(element.name), "value": .array(data.json())]
                case .blob(let blob): ["name": .string(element.name), "value": blob.json]
                }
            })
    }
}
