import TangoClient
import TangoCore

extension CommandInfo {
    func entity(_ links: DeviceLinks, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("commands", self.name)
        return [
            "id": links.id(self.name), "name": .string(self.name), "device": .string(links.device), "host": .string(links.host.description),
            "info": [
                "cmd_name": .string(self.name), "level": .string(self.level.name), "cmd_tag": .integer(self.tag),
                "in_type": .string(self.inType?.restName ?? "Unknown"), "out_type": .string(self.outType?.restName ?? "Unknown"),
                "in_type_desc": .string(self.inDescription), "out_type_desc": .string(self.outDescription),
            ],
            "history": .string(url + "/history"),
        ]
    }

    /// Returns the CommandInOut.
    func result(_ output: CommandData, input: JSONValue?, _ links: DeviceLinks) -> JSONValue {
        var object: JSONObject = ["host": .string(links.host.description), "device": .string(links.device), "name": .string(self.name)]
        if let input, input != .null { object["input"] = input }
        object["output"] = output.json
        return .object(object)
    }

    /// Returns the CommandInOut of a command that failed.
    static func failure(_ name: String, _ errors: [DevError], input: JSONValue?, _ links: DeviceLinks) -> JSONValue {
        var object: JSONObject = ["host": .string(links.host.description), "device": .string(links.device), "name": .string(name)]
        if let input, input != .null { object["input"] = input }
        object["errors"] = .array(errors.map { $0.json(.item) })
        return .object(object)
    }

    func historyEntity(_ record: CommandHistoryRecord, _ links: DeviceLinks) -> JSONValue {
        var object = links.identity(self.name)
        if record.errors.isEmpty {
            object["output"] = record.result.json
        } else {
            object["errors"] = .array(record.errors.map { $0.json(.item) })
        }
        object["timestamp"] = .integer(record.time.milliseconds)
        return .object(object)
    }
}
