import TangoCore

extension DatabaseCommand {
    static let historyCommands = [
        history("DbGetDevicePropertyHist", .device),
        history("DbGetClassPropertyHist", .classes),
        history("DbGetPropertyHist", .object),
        history("DbGetDeviceAttributePropertyHist", .deviceAttribute),
        history("DbGetClassAttributePropertyHist", .classAttribute),
        history("DbGetDevicePipePropertyHist", .devicePipe),
        history("DbGetClassPipePropertyHist", .classPipe),
    ]

    private static func history(_ name: String, _ table: PropertyTable) -> DatabaseCommand {
        let item = table.item.map { "\($0), " } ?? ""
        return self.reading(
            name, "\(table.owner), \(item.isEmpty ? "" : "pattern of \(item)")pattern of property names",
            "\(item)name, date, count, values of each record, oldest first; count 0 is a deletion"
        ) { (db, argument: [String]) -> [String] in
            try argument.require(exactly: table.nameColumns.count, table.nameColumns.joined(separator: ", "))
            return try table.history(
                owner: argument[0], item: table.item == nil ? nil : argument[1], name: argument[argument.count - 1], in: db)
        }
    }
}
