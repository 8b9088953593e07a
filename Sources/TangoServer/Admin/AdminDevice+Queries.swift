import TangoCore

extension AdminDevice {
    /// QueryClass, QueryDevice, QuerySubDevice and the queries of wizards.
    static func queries(_ server: ServerReference) -> [AdminCommand] {
        [
            AdminCommand("QueryClass", server, outDescription: "Device server class(es) list") { call in
                call.server.classes.map(\.name)
            },
            AdminCommand("QueryDevice", server, outDescription: "Device server device(s) list") { call in
                call.server.directory.devices.map { "\($0.deviceClass.name)::\($0.name)" }
            },
            AdminCommand("QuerySubDevice", server, outDescription: "Device server sub device(s) list") { call in
                call.server.context.subDevices.lines
            },
            AdminCommand(
                "QueryWizardClassProperty", server, inDescription: "Class name",
                outDescription: "Class property list (name - description and default value)", refusal: .misspelled("string")
            ) { (call, name: String) in
                Self.texts(of: try Self.deviceClass(name, call).classProperties)
            },
            AdminCommand(
                "QueryWizardDevProperty", server, inDescription: "Class name",
                outDescription: "Device property list (name - description and default value)", refusal: .misspelled("string")
            ) { (call, name: String) in
                Self.texts(of: try Self.deviceClass(name, call).properties)
            },
        ]
    }

    /// - Throws: `API_ClassNotFound`.
    private static func deviceClass(_ name: String, _ call: AdminCommand.Call) throws(DevFailed) -> DeviceClass {
        if let found = call.server.classes.first(where: { $0.name.tangoFolded == name.tangoFolded }) { return found }
        throw DevFailed("API_ClassNotFound", "Class \(name.tangoFolded) not found in device server", origin: "DServer::query_wizard")
    }

    /// Name, description and default value of each property.
    private static func texts(of properties: [PropertyDefinition]) -> [String] {
        properties.flatMap { property in
            [
                property.name, property.description,
                property.defaultValue.isEmpty ? "Not specified" : property.defaultValue.joined(separator: "\n"),
            ]
        }
    }
}
