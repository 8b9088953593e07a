import TangoCore

/// The content of a new database.
enum InitialContent {
    private static let servers: [(server: String, device: String, deviceClass: String)] = [
        ("TangoTest/test", "sys/tg_test/1", "TangoTest"),
        ("TangoRestServer/rest", "sys/rest/0", "TangoRestServer"),
        ("TangoAccessControl/1", "sys/access_control/1", "TangoAccessControl"),
    ]

    /// Commands that a client with read access may send, by class (property `AllowedAccessCmd`).
    private static let readCommands: [(deviceClass: String, commands: [String])] = [
        (
            "Database",
            [
                "DbGetServerInfo", "DbGetServerNameList", "DbGetInstanceNameList", "DbGetDeviceServerClassList", "DbGetDeviceList",
                "DbGetDeviceDomainList", "DbGetDeviceFamilyList", "DbGetDeviceMemberList", "DbGetClassList", "DbGetDeviceAliasList",
                "DbGetObjectList", "DbGetPropertyList", "DbGetProperty", "DbGetClassPropertyList", "DbGetClassProperty",
                "DbGetDevicePropertyList", "DbGetDeviceProperty", "DbGetClassAttributeList", "DbGetDeviceAttributeProperty",
                "DbGetDeviceAttributeProperty2", "DbGetLoggingLevel", "DbGetAliasDevice", "DbGetClassForDevice",
                "DbGetClassInheritanceForDevice", "DbGetDataForServerCache", "DbInfo", "DbGetClassAttributeProperty",
                "DbGetClassAttributeProperty2", "DbMysqlSelect", "DbGetDeviceInfo", "DbGetDeviceWideList", "DbImportEvent",
                "DbGetDeviceAlias", "DbGetCSDbServerList", "DbGetDeviceClassList", "DbGetDeviceExportedList", "DbGetHostServerList",
                "DbGetAttributeAlias2", "DbGetAliasAttribute", "DbGetClassPipeProperty", "DbGetDevicePipeProperty", "DbGetClassPipeList",
                "DbGetDevicePipeList", "DbGetAttributeAliasList", "DbGetForwardedAttributeListForDevice",
            ]
        ),
        (
            "DServer",
            [
                "QueryClass", "QueryDevice", "EventSubscriptionChange", "DevPollStatus", "GetLoggingLevel", "GetLoggingTarget",
                "QueryWizardDevProperty", "QueryWizardClassProperty", "QuerySubDevice", "ZMQEventSubscriptionChange",
                "EventConfirmSubscription",
            ]
        ),
        ("Starter", ["DevReadLog", "DevStart", "DevGetRunningServers", "DevGetStopServers", "UpdateServersInfo"]),
        (
            "TangoAccessControl",
            [
                "GetUsers", "GetAddressByUser", "GetDeviceByUser", "GetAccess", "GetAllowedCommands", "GetAllowedCommandClassList",
            ]
        ),
    ]

    /// Adds the content of a new database.
    static func insert(in db: any SQLConnection) throws {
        for entry in self.servers {
            try DeviceTable.insert(entry.device, deviceClass: entry.deviceClass, server: entry.server, version: "nada", in: db)
            try DeviceTable.insert("dserver/\(entry.server)", deviceClass: "DServer", server: entry.server, version: "nada", in: db)
        }
        try db.run("INSERT INTO server (name, host, mode, level) VALUES ('tangoaccesscontrol/1', '', 0, 0)")
        for entry in self.readCommands {
            try PropertyTable.classes.insert(
                owner: entry.deviceClass, name: "AllowedAccessCmd", values: entry.commands, date: LocalTime.now, in: db)
        }
    }

    /// Adds the devices of the database server itself, where they are missing; runs at every start.
    static func insertDatabaseServer(instance: String, in db: any SQLConnection) throws {
        let server = "DataBaseds/\(instance)"
        for (device, deviceClass) in [
            ("sys/database/\(instance)", "DataBase"), ("dserver/\(server)", "DServer"),
        ]
        where try !DeviceTable.contains(device, in: db) {
            try DeviceTable.insert(device, deviceClass: deviceClass, server: server, version: "nada", in: db)
        }
    }
}
