import TangoCore

extension DatabaseCommand {
    static let propertyCommands = [
        put("DbPutDeviceProperty", .device), getDeviceProperty, delete("DbDeleteDeviceProperty", .device), devicePropertyList,
        put("DbPutClassProperty", .classes), getClassProperty, delete("DbDeleteClassProperty", .classes), classPropertyList,
        put("DbPutProperty", .object), getProperty, delete("DbDeleteProperty", .object), objectPropertyList, objectList,
    ]

    private static let layout = "count, then name, count, values of each property"

    private static func put(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        self.writing(name, "\(table.owner), \(self.layout)") { (transaction, argument: [String]) in
            var reader = ArgumentReader(argument)
            let owner = try reader.text()
            for _ in 0..<(try reader.count()) {
                let name = try reader.text()
                let values = try reader.texts(try reader.count())
                try table.put(owner: owner, name: name, values: values, in: transaction)
            }
        }
    }

    private static func delete(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        self.writing(name, "\(table.owner), patterns of property names") { (transaction, argument: [String]) in
            guard let owner = argument.first else { return }
            for pattern in argument.dropFirst() {
                try table.delete(owner: owner, pattern: pattern, in: transaction)
            }
        }
    }

    /// Returns properties in the order of the request; an undefined one has count 0 and the filler.
    private static func answer(_ argument: [String], filler: [String], _ values: (String) throws -> [String]) rethrows -> [String] {
        var answer = [argument[0], String(argument.count - 1)]
        for name in argument.dropFirst() {
            let values = try values(name)
            answer.append(name)
            answer.append(String(values.count))
            answer += values.isEmpty ? filler : values
        }
        return answer
    }

    private static let getDeviceProperty = reading("DbGetDeviceProperty", "device, patterns of property names", "device, \(layout)") {
        (db, argument: [String]) -> [String] in
        try argument.require(atLeast: 2, "device, names")
        return try DatabaseCommand.answer(argument, filler: [" "]) { try PropertyTable.device.values(db, owner: argument[0], name: $0) }
    }

    private static let getClassProperty = reading("DbGetClassProperty", "class, property names", "class, \(layout)") {
        (db, argument: [String]) -> [String] in
        try argument.require(atLeast: 1, "class, names")
        return try DatabaseCommand.answer(argument, filler: []) {
            try PropertyTable.classes.literalValues(db, owner: argument[0], name: $0)
        }
    }

    private static let getProperty = reading("DbGetProperty", "object, patterns of property names", "object, \(layout)") {
        (db, argument: [String]) -> [String] in
        try argument.require(atLeast: 1, "object, names")
        return try DatabaseCommand.answer(argument, filler: [" "]) { try PropertyTable.object.values(db, owner: argument[0], name: $0) }
    }

    private static let devicePropertyList = reading("DbGetDevicePropertyList", "device, pattern of names", "property names") {
        (db, argument: [String]) -> [String] in
        try argument.require(atLeast: 2, "device, pattern")
        return try PropertyTable.device.list(db, owner: argument[0], pattern: argument[1])
    }

    private static let classPropertyList = reading("DbGetClassPropertyList", "class", "property names") {
        (db, deviceClass: String) -> [String] in
        try PropertyTable.classes.list(db, owner: deviceClass, pattern: "*")
    }

    private static let objectPropertyList = reading("DbGetPropertyList", "object, pattern of names", "property names") {
        (db, argument: [String]) -> [String] in
        try argument.require(exactly: 2, "object, pattern")
        return try PropertyTable.object.list(db, owner: argument[0], pattern: argument[1])
    }

    private static let objectList = reading("DbGetObjectList", "pattern of objects", "objects") { (db, pattern: String) -> [String] in
        let match = NameMatch(pattern)
        return try db.texts("SELECT DISTINCT object FROM property WHERE \(match.condition(on: "object")) ORDER BY object", match.arguments)
    }
}
