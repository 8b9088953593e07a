import TangoClient
import TangoCore

extension DatabaseDeviceInfo {
    func json(isClassHidden: Bool) -> JSONValue {
        [
            "name": .tango(self.name), "ior": .tango(self.ior), "version": .tango(self.version), "exported": .bool(self.isExported),
            "pid": .integer(self.pid), "server": .tango(self.server), "hostname": .tango(self.host),
            "classname": isClassHidden ? "unknown" : .tango(self.deviceClass), "is_taco": false,
            "last_exported": .tango(self.started), "last_unexported": .tango(self.stopped),
        ]
    }
}
