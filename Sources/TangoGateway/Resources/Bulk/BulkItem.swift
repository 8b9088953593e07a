import TangoCore

/// One element of the body of a bulk write.
struct BulkItem: Sendable {
    /// Index in the body and in the answer.
    var index: Int
    var device: DeviceReference
    var name: String
    var body: JSONObject

    /// Returns the elements of a body.
    /// - Throws: 400 unless it is a list of objects with a device and a name.
    static func parse(_ body: JSONValue?, defaultHost: () throws(HTTPFailure) -> TangoHost) throws(HTTPFailure) -> [BulkItem] {
        guard let elements = body?.array else { throw HTTPFailure.badRequest("A list is expected in the body") }
        var items: [BulkItem] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.object, let device = object["device"]?.string, let name = object["name"]?.string else {
                throw HTTPFailure.badRequest("Element \(index) of the body is no object with a device and a name")
            }
            guard ![device, name].contains(where: { $0.isEmpty || $0.utf8.contains(0) }) else {
                throw HTTPFailure.badRequest("Element \(index) of the body has an empty name, or a NUL in it")
            }
            let host: TangoHost
            switch object["host"] {
            case nil, .null?: host = try defaultHost()
            case .string(let text)?: host = try TangoHost(authority: text)
            default: throw HTTPFailure.badRequest("The host of element \(index) of the body is no text")
            }
            items.append(
                BulkItem(
                    index: index, device: DeviceReference(host: host, name: device), name: name,
                    body: object))
        }
        return items
    }
}
