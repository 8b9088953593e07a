import TangoCore
import Testing

@testable import TangoDatabase

@Test func importReturnsTheRowUnderTheRequestedName() throws {
    let store = try populatedStore()
    #expect(try store.texts("DbImportDevice", "A/B/C") == ["a/b/c", "IOR:01", "5", "Srv/I1", "hostA.dom", "Cls"])
    #expect(try store.numbers("DbImportDevice", "a/b/c") == [1, 1_234_567])
    #expect(try store.texts("DbImportDevice", "a/b/d") == ["a/b/d", "nada", "0", "Srv2/I1", "nada", "Cls2"])
    try store.texts("DbPutDeviceAlias", ["a/b/d", "Al"])
    #expect(try store.texts("DbImportDevice", "aL").first == "al")
    #expect(try store.texts("DbGetDeviceInfo", "a/b/d") == ["a/b/d", "nada", "0", "Srv2/I1", "nada", "?", "?", "Cls2"])
    let started = try store.texts("DbGetDeviceInfo", "a/b/c")[5]
    #expect(started.contains(/^\d{1,2}(st|nd|rd|th) [A-Z][a-z]+ \d{4} at \d\d:\d\d:\d\d$/))
    #expect(store.reason("DbImportDevice", "no/such/dev") == .databaseDeviceNotDefined)
    #expect(store.reason("DbExportDevice", ["no/such/dev", "", "", "1", "5"]) == .databaseDeviceNotDefined)
    #expect(store.reason("DbExportDevice", ["a/b/c", "", "", "1"]) == .databaseIncorrectArguments)
    #expect(store.reason("DbExportDevice", ["a/b/c", "", "", "x", "5"]) == .databaseSQL)
    try store.texts("DbExportDevice", ["a/b/c", "IOR:02", "h", "null", "5"])
    #expect(try store.numbers("DbImportDevice", "a/b/c") == [1, -1])
    try store.texts("DbUnExportServer", "srv/i1")
    #expect(try store.numbers("DbImportDevice", "a/b/c") == [0, -1])
}

@Test func aDeviceBelongsToOneServer() throws {
    let store = try populatedStore()
    try store.texts("DbAddServer", ["Other/1", "A/B/C", "Cls", "x/y/z", "Cls", "surplus/without/class"])
    #expect(try store.texts("DbGetDeviceWideList", "a/b/*") == ["A/B/C", "a/b/d"])
    #expect(try store.texts("DbGetDeviceClassList", "other/1") == ["A/B/C", "Cls", "dserver/Other/1", "DServer", "x/y/z", "Cls"])
    #expect(store.reason("DbAddServer", ["S/1", "good/one/1", "C", "bad", "C"]) == .databaseIncorrectDeviceName)
    #expect(try store.texts("DbGetServerList", "S/1") == [])
    #expect(store.reason("DbAddServer", ["S/1", "a/b/c"]) == .databaseIncorrectArguments)
}

@Test(arguments: [
    ("a/b/", true), ("a//c", true), ("a/b/c/d", true), ("tango://h:1/a/b/c", true), ("a/b", false), ("/a/b/c", false), ("a/b/*", false),
])
func deviceNamesAreChecked(name: String, isGood: Bool) throws {
    let store = try CommandTable.inMemory()
    #expect(store.reason("DbAddDevice", ["S/1", name, "C"]) == (isGood ? nil : .databaseIncorrectDeviceName))
}

@Test func deletingADeviceKeepsItsHistoryOnly() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "1", "v"])
    try store.texts("DbPutAttributeAlias", ["a/b/c/At", "atal"])
    try store.texts("DbDeleteDevice", "A/B/C")
    #expect(try store.texts("DbGetDevicePropertyList", ["a/b/c", "*"]) == [])
    #expect(store.reason("DbGetAttributeAlias", "atal") == .databaseSQL)
    #expect(try store.texts("DbGetDevicePropertyHist", ["a/b/c", "P"]).count == 4)
    #expect(store.reason("DbDeleteDevice", "a/b/c") == nil)
}

@Test func listsAreInTheOrderOfUpperCase() throws {
    let store = try CommandTable.inMemory()
    for member in ["A_c1", "aZ", "ab", "a1", "a-b"] { try store.texts("DbAddDevice", ["Srv/1", "d/f/\(member)", "C"]) }
    #expect(try store.texts("DbGetDeviceWideList", "D/f/*") == ["a-b", "a1", "ab", "aZ", "A_c1"].map { "d/f/\($0)" })
    #expect(try store.texts("DbGetDeviceMemberList", "d/f/*") == ["a-b", "a1", "ab", "aZ", "A_c1"])
    #expect(try store.texts("DbGetDeviceWideList", "d/f/a_*") == ["d/f/A_c1"])
    #expect(try store.texts("DbGetDeviceWideList", "*/f/*b") == ["d/f/a-b", "d/f/ab"])
    #expect(try store.texts("DbGetDeviceWideList", "d/%") == [])
}

@Test func listsOfServersClassesAndHosts() throws {
    let store = try populatedStore()
    try store.texts("DbExportDevice", ["dserver/Srv/I1", "IOR:03", "hostA.dom", "7", "5"])
    try store.texts("DbPutServerInfo", ["Srv/I1", "hostA.dom", "1", "3"])
    #expect(try store.texts("DbGetServerList", "s*") == ["Srv/I1", "Srv2/I1"])
    #expect(try store.texts("DbGetServerNameList", "s*") == ["Srv", "Srv2"])
    #expect(try store.texts("DbGetInstanceNameList", "SRV") == ["I1"])
    #expect(try store.texts("DbGetDeviceList", ["srv*", "Cls"]) == ["a/b/c"])
    #expect(try store.texts("DbGetDeviceServerClassList", "Srv/*") == ["Cls", "DServer"])
    #expect(try store.texts("DbGetClassList", "c*") == ["Cls", "Cls2"])
    #expect(try store.texts("DbGetExportdDeviceListForClass", "*") == ["a/b/c", "dserver/Srv/I1"])
    #expect(try store.texts("DbGetDeviceExportedList", "a*") == ["a/b/c"])
    #expect(try store.texts("DbGetDeviceDomainList", "*") == ["a", "dserver", "sys"])
    #expect(try store.texts("DbGetDeviceFamilyList", "a/*") == ["b"])
    #expect(try store.texts("DbGetHostList", "*") == ["hostA.dom", "nada"])
    #expect(try store.texts("DbGetHostServerList", "hosta") == ["Srv/I1"])
    #expect(try store.texts("DbGetHostServersInfo", "hostA") == ["Srv/I1", "1", "3"])
    #expect(try store.texts("DbGetClassForDevice", "A/B/C") == ["Cls"])
    #expect(store.reason("DbGetClassforDevice", "x/y/z") == .databaseIncorrectArguments)
    try store.texts("DbPutClassProperty", ["Cls", "1", "InheritedFrom", "2", "Base", "Root"])
    #expect(try store.texts("DbGetClassInheritanceForDevice", "a/b/c") == ["Cls", "Base", "Root"])
}

@Test func forwardedAttributesOfARootDeviceAreFound() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAttributeProperty2", ["a/b/d", "1", "Fw", "1", "__root_att", "1", "A/b/c/Root"])
    #expect(try store.texts("DbGetForwardedAttributeListForDevice", "a/b/c") == ["a/b/d", "Fw", "A/b/c/Root"])
    #expect(try store.texts("DbGetForwardedAttributeListForDevice", "a/_/c") == [])
}

@Test func serverInfoAnswersBlanksForUnknownServers() throws {
    let store = try populatedStore()
    #expect(try store.texts("DbGetServerInfo", "x/y") == ["x/y", " ", " ", " "])
    try store.texts("DbPutServerInfo", ["Srv/I1", "hostA", "1", "3"])
    #expect(try store.texts("DbGetServerInfo", "srv/i1") == ["srv/i1", "hostA", "1", "3"])
    #expect(store.reason("DbPutServerInfo", ["Srv/I1", "h", "1"]) == .databaseIncorrectArguments)
    #expect(store.reason("DbPutServerInfo", ["Srv/I1", "h", "yes", "1"]) == .databaseSQL)
    #expect(store.reason("DbPutServerInfo", ["No/1", "", "0", "0"]) == .databaseDeviceNotDefined)
    try store.texts("DbDeleteServerInfo", "SRV/I1")
    #expect(try store.texts("DbGetServerInfo", "Srv/I1")[1] == " ")
}

@Test func serversAreRenamedAndDeletedWhole() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["dserver/Srv/I1", "1", "P", "1", "v"])
    #expect(store.reason("DbRenameServer", ["Srv/I1"]) == "DB_WrongArgNUmber")
    #expect(store.reason("DbRenameServer", ["Srv/I1", "new"]) == "Db_WrongArgument")
    #expect(store.reason("DbRenameServer", ["Srv/I1", "srv2/i1"]) == "Db_WrongArgument")
    #expect(store.reason("DbRenameServer", ["No/1", "New/1"]) == .databaseIncorrectServerName)
    try store.texts("DbRenameServer", ["Srv/I1", "New/1"])
    #expect(try store.texts("DbGetDeviceClassList", "New/1") == ["a/b/c", "Cls", "dserver/New/1", "DServer"])
    #expect(try store.texts("DbGetDeviceProperty", ["dserver/New/1", "P"]) == ["dserver/New/1", "1", "P", "1", "v"])
    #expect(store.reason("DbDeleteServer", "Srv/I1") == .databaseIncorrectServerName)
    #expect(store.reason("DbDeleteServer", "New/*") == .databaseIncorrectServerName)
    try store.texts("DbDeleteServer", "new/1")
    #expect(try store.texts("DbGetDeviceWideList", "*").contains { $0 == "a/b/c" || $0 == "dserver/New/1" } == false)
}

@Test func aliasesAreUniqueAndWithoutCase() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAlias", ["a/b/c", "Al"])
    #expect(try store.texts("DbGetDeviceAlias", "A/b/c") == ["Al"])
    #expect(try store.texts("DbGetAliasDevice", "AL") == ["a/b/c"])
    #expect(store.reason("DbPutDeviceAlias", ["a/b/d", "al"]) == .databaseSQL)
    #expect(store.reason("DbPutDeviceAlias", ["a/b/d", "a b"]) == .databaseIncorrectArguments)
    #expect(store.reason("DbGetDeviceAlias", "a/b/d") == .databaseAliasNotDefined)
    #expect(try store.texts("DbGetDeviceInfo", "a/b/d")[5] == "?")
    #expect(try store.texts("DbGetDeviceAliasList", "*") == ["Al"])
    try store.texts("DbDeleteDeviceAlias", "aL")
    #expect(store.reason("DbGetAliasDevice", "Al") == .databaseDeviceNotDefined)
}

@Test func attributeAliasesFailWithTheReasonClientsTest() throws {
    let store = try populatedStore()
    try store.texts("DbPutAttributeAlias", ["a/b/c/At", "b_1"])
    try store.texts("DbPutAttributeAlias", ["x/b/c/Aa", "zz"])
    #expect(try store.texts("DbGetAttributeAlias", "B_1") == ["a/b/c/At"])
    #expect(try store.texts("DbGetAliasAttribute", "b_1") == ["a/b/c/At"])
    #expect(try store.texts("DbGetAttributeAlias2", "A/b/c/at") == ["b_1"])
    #expect(try store.texts("DbGetAttributeAliasList", "*") == ["zz", "b_1"])
    #expect(store.reason("DbGetAttributeAlias", "bX1") == .databaseSQL)
    #expect(store.reason("DbPutAttributeAlias", ["a/b/c", "n"]) == .databaseSQL)
    #expect(store.reason("DbPutAttributeAlias", ["a/b/c/Other", "B_1"]) == .databaseSQL)
    try store.texts("DbDeleteAttributeAlias", "B_1")
    #expect(store.reason("DbGetAttributeAlias2", "a/b/c/At") == .databaseSQL)
}

@Test func eventChannelsKeepTheirNames() throws {
    let store = try populatedStore()
    try store.texts("DbExportEvent", ["Notifd/factory/h_1", "IOR:9", "h_1", "4711000", "1"])
    #expect(try store.texts("DbImportEvent", "notifd/Factory/h_1") == ["notifd/factory/h_1", "IOR:9", "1", "h_1"])
    #expect(try store.numbers("DbImportEvent", "notifd/factory/h_1") == [1, 4_711_000])
    try store.texts("DbUnExportEvent", "notifd/factory/h_1")
    #expect(try store.numbers("DbImportEvent", "notifd/factory/h_1")[0] == 0)
    #expect(store.reason("DbImportEvent", "notifd/factory/hX1") == .databaseDeviceNotDefined)
    #expect(store.reason("DbExportEvent", ["n", "i", "h", "x", "1"]) == .databaseSQL)
}

@Test func startersOfNewAndPreviousHostAreNotified() async throws {
    let store = try populatedStore()
    try store.texts("DbExportDevice", ["dserver/Srv/I1", "IOR:1", "h1", "1", "5"])
    try store.texts("DbExportDevice", ["dserver/Srv/I1", "IOR:1", "h2", "1", "5"])
    try store.texts("DbExportDevice", ["dserver/DataBaseds/2", "IOR:1", "own", "1", "5"])
    try store.texts("DbPutServerInfo", ["Srv/I1", "", "1", "1"])
    try store.texts("DbPutProperty", ["Default", "1", "FireToStarter", "1", "FALSE"])
    try store.texts("DbPutServerInfo", ["Srv/I1", "silent", "1", "1"])
    try store.texts("DbDeleteProperty", ["Default", "FireToStarter"])
    try store.texts("DbDeleteServer", "Srv/I1")
    try store.texts("DbPutServerInfo", ["x/y", "last", "1", "1"])
    var hosts: [String] = []
    for await host in store.store.starterNotifications {
        hosts.append(host)
        if host == "last" { break }
    }
    #expect(hosts == ["h1", "h2", "h1", "h2", "h2", "last"])
}

@Test func databaseServersAreReadFromTheirReferences() throws {
    let store = try populatedStore()
    try store.texts("DbExportDevice", ["sys/database/2", "IOR:db", "h", "1", "5"])
    #expect(
        throws: DevFailed(
            "DB_WrongIORForDbServer", "The object reference of a database server is unreadable", origin: "DbGetCSDbServerList")
    ) {
        try store.execute("DbGetCSDbServerList", .void)
    }
    // IIOP 1.2, host h, port 10000, object key "database".
    let reference =
        "IOR:010000001700000049444c3a54616e676f2f4465766963655f363a312e3000000100000000000000"
        + "1c00000001010200020000006800102708000000646174616261736500000000"
    try store.texts("DbExportDevice", ["sys/database/2", reference, "h", "1", "5"])
    #expect(try store.execute("DbGetCSDbServerList", .void) == .stringArray(["h:10000"]))
}
