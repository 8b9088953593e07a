import TangoCore
import Testing

@testable import TangoDatabase

private let administrationCommands = [
    "DServer", "1", "AllowedAccessCmd", "11", "QueryClass", "QueryDevice", "EventSubscriptionChange", "DevPollStatus", "GetLoggingLevel",
    "GetLoggingTarget", "QueryWizardDevProperty", "QueryWizardClassProperty", "QuerySubDevice", "ZMQEventSubscriptionChange",
    "EventConfirmSubscription",
]

/// The reply a recorded server got, same content.
@Test func theCacheReplyHasTheRecordedLayout() throws {
    let store = try CommandTable.inMemory()
    try store.texts("DbAddDevice", ["WirePy/t", "Wire/Py/1", "WirePy"])
    try store.texts("DbPutDeviceProperty", ["Wire/Py/1", "2", "polled_attr", "2", "polled", "200", "p1", "1", "12"])
    try store.texts(
        "DbPutDeviceAttributeProperty2", ["wire/py/1", "2", "sc_push", "1", "label", "1", "l", "mem", "1", "__value", "1", "2"])
    #expect(
        try store.texts("DbGetDataForServerCache", ["WirePy/t", "ctrlhost%%10"])
            == [
                "release 1.13", "dserver/WirePy/t", "nada", "0", "WirePy/t", "nada", "0", "0", "DServer", "notifd/factory/ctrlhost",
                "Not Found",
                "dserver/WirePy/t", "Not Found",
            ] + administrationCommands + [
                "Default", "0", "dserver/WirePy/t", "0", "WirePy/t", "1", "WirePy", "0", "WirePy", "0", "WirePy", "0", "WirePy", "1",
                "Wire/Py/1",
                "Wire/Py/1", "2", "p1", "1", "12", "polled_attr", "2", "polled", "200",
                "Wire/Py/1", "2", "mem", "1", "__value", "1", "2", "sc_push", "1", "label", "1", "l", "Wire/Py/1", "0", "CtrlSystem", "0",
            ])
}

@Test func theCacheReplyOfOldCallersHasNoPipes() throws {
    let store = try populatedStore()
    try store.texts("DbExportEvent", ["notifd/factory/h", "IOR:n", "h", "3", "1"])
    let reply = try store.texts("DbGetDataForServerCache", ["Srv/I1", "h.dom%%8"])
    #expect(reply[0] == "dserver/Srv/I1")
    #expect(Array(reply[8..<14]) == ["notifd/factory/h.dom", "IOR:n", "1", "h", "1", "3"])
    #expect(
        Array(reply.suffix(15))
            == ["0", "Srv/I1", "1", "Cls", "0", "Cls", "0", "Cls", "1", "a/b/c", "a/b/c", "0", "a/b/c", "0", "CtrlSystem", "0"].suffix(15))
    #expect(try store.texts("DbGetDataForServerCache", ["No/1", "h%%9"]) == ["release 1.13", "dserver/No/1", "Not Found"])
    #expect(store.reason("DbGetDataForServerCache", ["Srv/I1"]) == .databaseIncorrectArguments)
}

@Test(arguments: ["AccessControl/tango:a/b/c", "accesscontrol/TANGO:tango://h:1/a/b/c", "AccessControl/tango://h:1/a/b/c"])
func theCacheReplyEndsWithTheAccessControlDevice(service: String) throws {
    let store = try populatedStore()
    try store.texts("DbPutProperty", ["CtrlSystem", "1", "Services", "2", service, "Other/x:y"])
    let reply = try store.texts("DbGetDataForServerCache", ["Srv/I1", "h"])
    #expect(Array(reply.suffix(8)) == ["a/b/c", "IOR:01", "5", "Srv/I1", "hostA.dom", "1", "1234567", "Cls"])
}

@Test func theCacheReplyHoldsPropertiesOfThousandsOfElements() throws {
    let store = try populatedStore()
    let values = (0..<2500).map { "v\($0)" }
    try store.texts("DbPutDeviceAttributeProperty2", ["a/b/c", "1", "At", "1", "last", "2500"] + values)
    let reply = try store.texts("DbGetDataForServerCache", ["Srv/I1", "h%%9"])
    #expect(Array(reply.suffix(2500 + 10)) == ["a/b/c", "1", "At", "1", "last", "2500"] + values + ["a/b/c", "0", "CtrlSystem", "0"])
}

@Test func theCacheReplyGroupsManyDevices() throws {
    let store = try CommandTable.inMemory()
    let devices = (0..<200).map { "d/f/\(1000 + $0)" }
    try store.texts("DbAddServer", ["Big/1"] + devices.flatMap { [$0, "Big"] })
    for device in devices {
        try store.texts("DbPutDeviceAttributeProperty2", [device, "10"] + (0..<10).flatMap { ["At\($0)", "1", "unit", "1", device] })
    }
    let reply = try store.texts("DbGetDataForServerCache", ["Big/1", "h%%9"])
    let first = try #require(reply.firstIndex(of: "200"))
    let perDevice = ["0", "10"].count + 3 + 10 * 5 + 1
    #expect(reply.count == first + 1 + 200 + 200 * perDevice + 2)
    #expect(reply.filter { $0 == "At9" }.count == 200)
}
