import TangoClient
import TangoCore

extension DeviceServer {
    /// The device, the admin device included, that an admin command is about: its name in any case, or its alias (measured).
    func findDevice(_ name: String) async -> DeviceRuntime? {
        let folded = name.tangoFolded
        if let found = self.allDevices.first(where: { $0.name.folded == folded }) { return found }
        // An alias has no slash.
        guard !folded.isEmpty, !folded.contains("/"), let database = self.link?.database,
            let device = try? await database.device(ofAlias: folded)
        else { return nil }
        return self.allDevices.first { $0.name.folded == device.tangoFolded }
    }
}

extension AdminDevice {
    /// What the incumbents answer to an argument of another type, which depends on when they wrote the command (measured, 9.3.4 and
    /// 10.0.2 alike); `nil` is what all other commands answer.
    static func argumentRefusal(_ info: CommandInfo) -> String? {
        let old = "Imcompatible command argument type, expected type is :"
        switch info.name {
        case "DevRestart", "DevPollStatus", "QueryWizardClassProperty", "QueryWizardDevProperty": return "\(old) string"
        case "AddLoggingTarget", "RemoveLoggingTarget", "GetLoggingTarget", "GetLoggingLevel", "SetLoggingLevel", "AddObjPolling",
            "UpdObjPollingPeriod", "RemObjPolling":
            return info.inType.map { "\(old) \($0.name)" }
        case "DevLockStatus": return "Incompatible command argument type, expected type is : Tango::ConstDevString"
        default: return nil
        }
    }
}
