import TangoClient
import TangoCore

extension DatabaseDeviceInfo {
    func json(isClassHidden: Bool) -> JSONValue {
        [
            "name": .string(self.name), "ior": .string(self.ior), "version": .string(self.version), "exported": .bool(self.isExported),
            "pid": .integer(self.pid), "server": .string(self.server), "hostname": .string(self.host),
            "classname": isClassHidden ? "unknown" : .string(self.deviceClass), "is_taco": false,
            "last_exported": .string(self.started), "last_unexported": .string(self.stopped),
        ]
    }
}
