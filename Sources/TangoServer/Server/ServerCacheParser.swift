import TangoCore

/// Reads the flat answer of `DbGetDataForServerCache`; every index is checked.
struct ServerCacheParser {
    private let items: [String]
    private var index = 0

    init(_ items: [String]) {
        self.items = items
    }

    struct Malformed: Error {}

    private mutating func next() throws(Malformed) -> String {
        guard self.index < self.items.count else { throw Malformed() }
        defer { self.index += 1 }
        return self.items[self.index]
    }

    private mutating func count() throws(Malformed) -> Int {
        guard let count = Int(try self.next()), count >= 0, count <= self.items.count else { throw Malformed() }
        return count
    }

    /// Parses the whole answer.
    /// - Returns: `nil` when the server is not defined in the database.
    mutating func parse() throws(Malformed) -> ServerData? {
        var data = ServerData()
        var hasPipes = false
        if self.items.first?.hasPrefix("release ") == true {
            hasPipes = true
            self.index = 1
        }
        guard let admin = try self.importData(fields: 8) else { return nil }
        if admin[5] == "1" { data.runningAdmin = admin[1] }
        _ = try self.importData(fields: 6)
        _ = try self.importData(fields: 6)
        data.classProperties["dserver"] = try self.properties().values
        data.classProperties["default"] = try self.properties().values
        data.adminConfiguration.properties = try self.properties().values
        _ = try self.next()
        for _ in 0..<(try self.count()) {
            let (className, classProperties) = try self.properties()
            data.classProperties[className.tangoFolded] = classProperties
            let classAttributes = try self.attributes()
            if hasPipes { _ = try self.attributes() }
            let name = try self.next()
            let names = try self.list(try self.count())
            for device in names {
                var entry = ServerData.DeviceEntry(name: device, deviceClass: name)
                entry.configuration.classProperties = classProperties
                entry.configuration.classAttributeProperties = classAttributes
                entry.configuration.properties = try self.properties().values
                entry.configuration.attributeProperties = try self.attributes()
                if hasPipes { _ = try self.attributes() }
                data.devices.append(entry)
            }
        }
        if self.index < self.items.count { data.controlSystemProperties = try self.properties().values }
        return data
    }

    private mutating func list(_ count: Int) throws(Malformed) -> [String] {
        var list: [String] = []
        for _ in 0..<count { list.append(try self.next()) }
        return list
    }

    /// A name and "Not Found", or all `fields` of an import.
    private mutating func importData(fields: Int) throws(Malformed) -> [String]? {
        let name = try self.next()
        let second = try self.next()
        guard second != "Not Found" else { return nil }
        return [name, second] + (try self.list(fields - 2))
    }

    private mutating func properties() throws(Malformed) -> (owner: String, values: [String: [String]]) {
        let owner = try self.next()
        return (owner, try self.propertyList())
    }

    private mutating func propertyList() throws(Malformed) -> [String: [String]] {
        var values: [String: [String]] = [:]
        for _ in 0..<(try self.count()) {
            let name = try self.next()
            values[name.tangoFolded] = try self.list(try self.count())
        }
        return values
    }

    private mutating func attributes() throws(Malformed) -> [String: [String: [String]]] {
        _ = try self.next()
        var attributes: [String: [String: [String]]] = [:]
        for _ in 0..<(try self.count()) {
            let name = try self.next()
            attributes[name.tangoFolded] = try self.propertyList()
        }
        return attributes
    }
}
