import TangoCore
import Testing

@testable import TangoDatabase

@Test func devicePropertiesAnswerAsRequestedWithAFillerForUndefinedOnes() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["a/b/c", "3", "P1", "1", "v1", "P2", "0", "P3", "2", "c1", "c2"])
    #expect(
        try store.texts("DbGetDeviceProperty", ["A/B/C", "P1", "p2", "P3", "P4"])
            == ["A/B/C", "4", "P1", "1", "v1", "p2", "0", " ", "P3", "2", "c1", "c2", "P4", "0", " "])
    #expect(try store.texts("DbGetDeviceProperty", ["a/b/c", "p*"]) == ["a/b/c", "1", "p*", "3", "v1", "c1", "c2"])
    #expect(try store.texts("DbGetDevicePropertyList", ["a/b/c", "*"]) == ["P1", "P3"])
    try store.texts("DbDeleteDeviceProperty", ["a/b/c", "p*"])
    #expect(try store.texts("DbGetDevicePropertyList", ["a/b/c", "*"]) == [])
    #expect(store.reason("DbDeleteDeviceProperty", [String]()) == nil)
    #expect(store.reason("DbGetDeviceProperty", ["a/b/c"]) == .databaseIncorrectArguments)
}

@Test func classPropertiesHaveNoFillerAndFreeOnesHave() throws {
    let store = try populatedStore()
    try store.texts("DbPutClassProperty", ["Cls", "2", "k1", "1", "v", "k2", "2", "a", "b"])
    #expect(
        try store.texts("DbGetClassProperty", ["Cls", "k1", "K2", "K3"]) == ["Cls", "3", "k1", "1", "v", "K2", "2", "a", "b", "K3", "0"])
    #expect(try store.texts("DbGetClassProperty", ["Cls"]) == ["Cls", "0"])
    #expect(try store.texts("DbGetClassPropertyList", "cls") == ["k1", "k2"])
    try store.texts("DbPutProperty", ["Obj", "1", "a", "2", "1", "2"])
    #expect(try store.texts("DbGetProperty", ["Obj", "a", "zz"]) == ["Obj", "2", "a", "2", "1", "2", "zz", "0", " "])
    #expect(try store.texts("DbGetObjectList", "o*") == ["Obj"])
    #expect(try store.texts("DbGetPropertyList", ["obj", "*"]) == ["a"])
    #expect(store.reason("DbGetPropertyList", ["obj"]) == .databaseIncorrectArguments)
}

@Test func attributePropertiesHaveTheirTwoLayouts() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAttributeProperty", ["a/b/c", "2", "At1", "2", "unit", "V", "label", "L1", "At2", "1", "unit", "A"])
    #expect(
        try store.texts("DbGetDeviceAttributeProperty", ["a/b/c", "At1", "At3"])
            == ["a/b/c", "2", "At1", "2", "label", "L1", "unit", "V", "At3", "0"])
    try store.texts(
        "DbPutDeviceAttributeProperty2",
        ["a/b/c", "2", "At1", "2", "enum", "3", "a", "b", "c", "unit", "1", "kV", "At4", "1", "x", "1", "1"])
    #expect(
        try store.texts("DbGetDeviceAttributeProperty2", ["a/b/c", "At1", "at9"])
            == ["a/b/c", "2", "At1", "3", "enum", "3", "a", "b", "c", "label", "1", "L1", "unit", "1", "kV", "at9", "0"])
    #expect(
        try store.texts("DbGetDeviceAttributeProperty", ["a/b/c", "At1"])
            == ["a/b/c", "1", "At1", "5", "enum", "a", "enum", "b", "enum", "c", "label", "L1", "unit", "kV"])
    #expect(try store.texts("DbGetDeviceAttributeList", ["a/b/c", "*"]) == ["At1", "At2", "At4"])
    try store.texts("DbDeleteDeviceAttributeProperty", ["a/b/c", "at1", "ENUM"])
    try store.texts("DbDeleteDeviceAttribute", ["a/b/c", "At4"])
    try store.texts("DbDeleteAllDeviceAttributeProperty", ["a/b/c", "At2"])
    #expect(
        try store.texts("DbGetDeviceAttributeProperty2", ["a/b/c", "At1", "At2", "At4"])
            == ["a/b/c", "3", "At1", "2", "label", "1", "L1", "unit", "1", "kV", "At2", "0", "At4", "0"])
    #expect(store.reason("DbDeleteDeviceAttributeProperty", ["a/b", "x", "y"]) == .databaseIncorrectDeviceName)
    #expect(store.reason("DbDeleteClassAttributeProperty", ["Cls", "x"]) == .databaseIncorrectArguments)
}

@Test func propertiesOfUnitSortBeforeThoseBeginningWithUnderscore() throws {
    let store = try populatedStore()
    try store.texts("DbPutClassAttributeProperty2", ["Cls", "1", "At", "2", "__value", "1", "1", "unit", "1", "V"])
    #expect(
        try store.texts("DbGetClassAttributeProperty2", ["Cls", "At"])
            == ["Cls", "1", "At", "2", "unit", "1", "V", "__value", "1", "1"])
}

@Test func pipePropertiesHaveTheLayoutOfAttributes() throws {
    let store = try populatedStore()
    for (kind, owner) in [("Device", "a/b/c"), ("Class", "Cls")] {
        try store.texts("DbPut\(kind)PipeProperty", [owner, "1", "pi1", "2", "label", "1", "L", "desc", "2", "a", "b"])
        #expect(
            try store.texts("DbGet\(kind)PipeProperty", [owner, "pi1", "no"])
                == [owner, "2", "pi1", "2", "desc", "2", "a", "b", "label", "1", "L", "no", "0"])
        #expect(try store.texts("DbGet\(kind)PipeList", [owner, "P*"]) == ["pi1"])
        try store.texts("DbDelete\(kind)PipeProperty", [owner, "pi1", "label"])
        #expect(try store.texts("DbGet\(kind)PipeProperty", [owner, "pi1"]) == [owner, "1", "pi1", "1", "desc", "2", "a", "b"])
        try store.texts("DbDelete\(kind)Pipe", [owner, "pi1"])
        #expect(try store.texts("DbGet\(kind)PipeList", [owner, "*"]) == [])
    }
}

@Test func anyTextIsStoredUnchanged() throws {
    let store = try populatedStore()
    let texts = [
        "", " ", "trailing ", "'; DELETE FROM device; --", "\\' \\\" \\\\", "line\nline\r\n", "%_*?", "\u{e9}\u{ff}\u{80}", "a\0b\0",
        String(repeating: "x", count: 70_000),
    ]
    try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "\(texts.count)"] + texts)
    #expect(try store.texts("DbGetDeviceProperty", ["a/b/c", "P"]) == ["a/b/c", "1", "P", "\(texts.count)"] + texts)
}

@Test func namesAreLiteralInWrites() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "PX1", "1", "kept"])
    for name in ["P_1", "%", "P%", "*"] {
        try store.texts("DbPutDeviceProperty", ["a/b/c", "1", name, "1", name])
    }
    try store.texts("DbDeleteDeviceProperty", ["a/b/c", "P_1", "%"])
    #expect(try store.texts("DbGetDeviceProperty", ["a/b/c", "PX1", "P%"]) == ["a/b/c", "2", "PX1", "1", "kept", "P%", "1", "P%"])
    try store.texts("DbAddDevice", ["Srv/I1", "a/bXc/1", "Cls"])
    try store.texts("DbAddDevice", ["Srv/I1", "a/b_c/1", "Cls"])
    try store.texts("DbExportDevice", ["a/b_c/1", "IOR:", "h", "1", "5"])
    try store.texts("DbPutDeviceAlias", ["a/b_c/1", "al_1"])
    #expect(try store.numbers("DbImportDevice", "a/bXc/1") == [0, 0])
    #expect(try store.numbers("DbImportDevice", "al_1") == [1, 1])
    #expect(store.reason("DbImportDevice", "alX1") == .databaseDeviceNotDefined)
    try store.texts("DbUnExportServer", "Srv/%")
    #expect(try store.numbers("DbImportDevice", "a/b_c/1") == [1, 1])
}

@Test func namesAreNeverRunAsSQL() throws {
    let store = try populatedStore()
    let name = "x'; DELETE FROM device; -- "
    #expect(store.reason("DbImportDevice", name) == .databaseDeviceNotDefined)
    #expect(try store.texts("DbGetDeviceProperty", [name, name]) == [name, "1", name, "0", " "])
    #expect(try store.texts("DbGetDataForServerCache", [name, name]) == ["dserver/\(name)", "Not Found"])
    #expect(try store.texts("DbGetDeviceWideList", "a/*") == ["a/b/c", "a/b/d"])
}

@Test func tornArgumentsChangeNothing() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "1", "old"])
    let wrong = [
        [], ["a/b/c"], ["a/b/c", "2", "P", "1", "new"], ["a/b/c", "1", "P", "3", "x", "y"], ["a/b/c", "1", "P", "-1"],
        ["a/b/c", "one", "P", "1", "x"], ["a/b/c", "1", "P", "99999999999999999999"], ["a/b/c", "1", "P", "9223372036854775807"],
    ]
    for argument in wrong {
        #expect(store.reason("DbPutDeviceProperty", argument) == .databaseIncorrectArguments)
    }
    #expect(try store.texts("DbGetDeviceProperty", ["a/b/c", "P"]) == ["a/b/c", "1", "P", "1", "old"])
    #expect(store.reason("DbPutDeviceAttributeProperty2", ["a/b/c", "1", "A", "2", "p", "1", "v"]) == .databaseIncorrectArguments)
    #expect(try store.texts("DbGetDeviceAttributeList", ["a/b/c", "*"]) == [])
}

@Test func everyCommandSurvivesShortAndStrangeArguments() async throws {
    let store = try populatedStore()
    for command in DatabaseCommand.all {
        for length in 0...6 {
            for filler in ["", "a/b/c", "1", "*", "\0", "/"] {
                _ = try? store.execute(command.info.name, .stringArray(Array(repeating: filler, count: length)))
                _ = try? store.execute(command.info.name, .string(filler))
            }
        }
        #expect(throws: DevFailed.self) { try store.execute(command.info.name, .double(1)) }
    }
    for filler in ["", "a/b/c", "1", "*", "\0", "/", "select", "select 1 from", "from device", "select * from device not"] {
        _ = await store.refusal(filler)
    }
    #expect(try store.texts("DbGetDeviceWideList", "sys/database/*") == ["sys/database/2"])
}

@Test func historyKeepsTheNewestTenRecordsInOrderOfWriting() throws {
    let store = try populatedStore()
    for number in 1...15 {
        try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "2", "\(number)", "x"])
    }
    try store.texts("DbDeleteDeviceProperty", ["a/b/c", "p"])
    let history = try store.texts("DbGetDevicePropertyHist", ["A/B/C", "p*"])
    #expect(history.count == 9 * 5 + 3)
    #expect(stride(from: 3, to: 45, by: 5).map { history[$0] } == (7...15).map(String.init))
    #expect(history[45] == "P" && history.last == "0")
    #expect(store.reason("DbGetDevicePropertyHist", ["a/b/c"]) == .databaseIncorrectArguments)
}

@Test func historyDepthIsAPropertyOfTheDatabaseDevice() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceProperty", ["sys/database/2", "1", "historyDepth", "1", "2"])
    for number in 1...5 { try store.texts("DbPutClassProperty", ["Cls", "1", "P", "1", "\(number)"]) }
    let history = try store.texts("DbGetClassPropertyHist", ["Cls", "P"])
    #expect([history[3], history[7]] == ["4", "5"] && history.count == 8)
}

@Test func memorizedValuesLeaveNoHistory() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAttributeProperty2", ["a/b/c", "1", "At1", "1", "__value", "1", "12.5"])
    #expect(try store.texts("DbGetDeviceAttributePropertyHist", ["a/b/c", "*", "*"]) == [])
    try store.texts("DbPutDeviceAttributeProperty2", ["a/b/c", "1", "At1", "1", "unit", "1", "V"])
    try store.texts("DbPutDeviceAttributeProperty2", ["a/b/c", "1", "At2", "1", "unit", "1", "A"])
    let history = try store.texts("DbGetDeviceAttributePropertyHist", ["a/b/c", "*", "unit"])
    #expect(history.enumerated().filter { $0.offset % 5 != 2 }.map(\.element) == ["At1", "unit", "1", "V", "At2", "unit", "1", "A"])
}
