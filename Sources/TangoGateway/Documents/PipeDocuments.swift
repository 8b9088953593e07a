import TangoClient
import TangoCore

extension PipeConfig {
    func entity(_ links: DeviceLinks, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("pipes", self.name)
        return [
            "id": links.id(self.name), "name": .string(self.name), "device": .string(links.device), "host": .string(links.host.description),
            "info": [
                "name": .string(self.name), "description": .string(self.description), "label": .string(self.label),
                "level": .string(self.level.name), "writeType": .string(self.writable.name), "writable": .bool(self.writable == .readWrite),
            ],
            "value": .string(url + "/value"),
        ]
    }
}

extension PipeValue {
    func entity(_ links: DeviceLinks) -> JSONValue {
        [
            "host": .string(links.host.description), "device": .string(links.device), "name": .string(self.name),
            "timestamp": .integer(self.time.milliseconds), "data": self.blob.json,
        ]
    }
}
