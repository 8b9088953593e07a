import TangoCore

extension DatabaseCommand {
    static let classListCommands = [
        deviceClassList, serverClassList, classList, exportedDevicesOfClass, classOfDevice, inheritanceOfDevice, forwardedAttributes,
    ]

    private static let deviceClassList = reading("DbGetDeviceClassList", "server/instance", "device and class of each device") {
        (db, server: String) -> [String] in
        try db.texts("SELECT name, class FROM device WHERE server = ? ORDER BY name", [.text(server)])
    }

    private static let serverClassList = columnList(
        "DbGetDeviceServerClassList", "pattern of servers", "classes", column: "class", match: "server")

    private static let classList = columnList("DbGetClassList", "pattern of classes", "classes", column: "class", match: "class")

    private static let exportedDevicesOfClass = columnList(
        "DbGetExportdDeviceListForClass", "pattern of classes", "exported devices", column: "name", match: "class", and: " AND exported = 1"
    )

    private static func deviceClass(_ device: String, _ db: any SQLConnection) throws -> String {
        guard let entry = try DeviceTable.entry(device, in: db) else {
            throw DevFailed(.databaseIncorrectArguments, "Device \(device) is not defined in the database")
        }
        return entry.deviceClass
    }

    private static let classOfDevice = reading("DbGetClassForDevice", "device", "class") { (db, device: String) -> String in
        try DatabaseCommand.deviceClass(device, db)
    }

    private static let inheritanceOfDevice = reading("DbGetClassInheritanceForDevice", "device", "class, then the classes it extends") {
        (db, device: String) -> [String] in
        let deviceClass = try DatabaseCommand.deviceClass(device, db)
        return [deviceClass] + (try PropertyTable.classes.literalValues(db, owner: deviceClass, name: "InheritedFrom"))
    }

    private static let forwardedAttributes = reading(
        "DbGetForwardedAttributeListForDevice", "root device", "device, attribute, root attribute of each forwarded attribute"
    ) { (db, device: String) -> [String] in
        try db.texts(
            """
            SELECT device, attribute, value FROM property_attribute_device
            WHERE name = '__root_att' AND value LIKE ? ESCAPE '\\' ORDER BY device, attribute
            """,
            [.text("\(device.escapedForLike)/%")])
    }
}
