import TangoCore

/// Pipes as tables and as JSON.
enum PipeText {
    static func table(_ pipes: [PipeConfig]) -> Table {
        var table = Table(columns: [
            .init("NAME"), .init("WRITABLE"), .init("LEVEL"), .init("LABEL", isFlexible: true), .init("DESCRIPTION", isFlexible: true),
        ])
        table.rows = pipes.map { pipe in
            [
                .init(pipe.name, style: .bold), .init(pipe.writable.name), .init(pipe.level.name),
                .init(pipe.label), .init(pipe.description, style: .dim),
            ]
        }
        return table
    }

    static func json(_ pipe: PipeConfig) -> JSONValue {
        .object([
            .init("name", .string(pipe.name)), .init("writable", .string(pipe.writable.name)), .init("level", .string(pipe.level.name)),
            .init("label", .string(pipe.label)), .init("description", .string(pipe.description)),
        ])
    }

    /// Makes a table with one row per element: name, type and value. Elements of inner blobs are indented, or named by their path.
    static func table(_ blob: PipeBlob, isIndented: Bool, width: Int?) -> Table {
        var table = Table(columns: [.init("NAME"), .init("TYPE"), .init("VALUE", isFlexible: true)])
        func add(_ blob: PipeBlob, depth: Int, path: String) {
            for element in blob.elements {
                let name = element.name
                let shown = isIndented ? String(repeating: "  ", count: depth) + name : path + name
                switch element.content {
                case .value(let data, let isArray):
                    let shape: ValueText.Shape = isArray ? .list : .scalar
                    let text = width.map { ValueText.summary(data, shape, width: $0) } ?? ValueText.full(data, shape)
                    table.rows.append([.init(shown, style: .bold), .init(Self.type(data, isArray), style: .cyan), .init(text)])
                case .blob(let inner):
                    if isIndented {
                        table.rows.append([
                            .init(shown, style: .bold), .init(DataType.pipeBlob.name, style: .cyan), .init(inner.name),
                        ])
                    }
                    add(inner, depth: depth + 1, path: path + name + "/")
                }
            }
        }
        add(blob, depth: 0, path: "")
        return table
    }

    private static func type(_ data: AttributeData, _ isArray: Bool) -> String {
        let type = data.elementType
        return (isArray ? type?.arrayType : type)?.name ?? DataType.void.name
    }

    /// Returns name and elements, including those of inner blobs.
    static func json(_ blob: PipeBlob) -> JSONValue {
        .object([
            .init("name", .string(blob.name)),
            .init(
                "elements",
                .array(
                    blob.elements.map { element in
                        switch element.content {
                        case .value(let data, let isArray):
                            .object([
                                .init("name", .string(element.name)), .init("type", .string(Self.type(data, isArray))),
                                .init("value", ValueText.json(data, isArray ? .list : .scalar)),
                            ])
                        case .blob(let inner):
                            .object([
                                .init("name", .string(element.name)), .init("type", .string(DataType.pipeBlob.name)),
                                .init("value", Self.json(inner)),
                            ])
                        }
                    })),
        ])
    }
}
