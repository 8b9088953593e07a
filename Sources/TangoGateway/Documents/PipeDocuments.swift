import TangoClient
import TangoCore

extension PipeConfig {
    func entity(_ links: DeviceLinks, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("pipes", self.name)
        return [
            "id": links.id(self.name), "name": .tango(self.name), "device": .tango(links.device), "host": .string(links.host.description),
            "info": [
                "name": .tango(self.name), "description": .tango(self.description), "label": .tango(self.label),
                "level": .string(self.level.name), "writeType": .string(self.writable.name), "writable": .bool(self.writable == .readWrite),
            ],
            "value": .string(url + "/value"),
        ]
    }
}

extension PipeValue {
    func entity(_ links: DeviceLinks) -> JSONValue {
        [
            "host": .string(links.host.description), "device": .tango(links.device), "name": .tango(self.name),
            "timestamp": .integer(self.time.milliseconds), "data": self.blob.json,
        ]
    }
}
