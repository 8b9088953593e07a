import Foundation
import Synchronization
import TangoCore
import Testing

@testable import TangoDatabase

@Test func selectAnswersValuesNullsAndSize() async throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAlias", ["a/b/d", "al"])
    let query = "name,alias from device where name like 'a/b/%'"
    let answer = try await store.select(query)
    #expect(answer.strings == ["a/b/c", "", "a/b/d", "al"])
    #expect(answer.longs == [1, 0, 1, 1, 2, 2])
    #expect(try await store.select("select name, class from device where name = 'none'").longs == [0, 2])
}

@Test(arguments: [
    (#"select distinct domain from device where name LIKE 'a/%' order by domain"#, ["a"]),
    (#"SELECT name FROM device WHERE name LIKE "a/b\_%";"#, []),
    (#"select name from device where class='CLS' order by name"#, ["a/b/c"]),
    (#"select name from device where name like 'A/B/%'and class like 'cls2'"#, ["a/b/d"]),
    (#"select count(*) from `device` where name regexp '^A/b/[cd]$'"#, ["2"]),
    (#"select name from device where name like 'a%' order by name desc limit 1"#, ["a/b/d"]),
    (
        #"select d.name, d.class from device d, device e where d.name = e.name and d.domain='a' order by d.name"#,
        ["a/b/c", "Cls", "a/b/d", "Cls2"]
    ),
    (#"select 'it''s \'x\' \\ "y"'"#, [#"it's 'x' \ "y""#]),
    (#"select class, count(*) from device where domain = 'a' group by class"#, ["Cls", "1", "Cls2", "1"]),
])
func selectUnderstandsTheDialectOfClients(query: String, expected: [String]) async throws {
    #expect(try await populatedStore().select(query).strings == expected)
}

@Test(arguments: [
    "DELETE FROM device", "update device set class = 'select'", "delete from device where 'select' = 'select'",
    "insert into device select * from device", "select * from sqlite_master", "select * from 'sqlite_master'",
    "select * from `sqlite_master`",
    "select randomblob(100)", "with recursive t(x) as (select 1) select x from t", "drop table device -- select", "select 'open",
    "pragma table_info(device) -- select", "select * from pragma_table_list", "select", "", "select * from grdb_migrations",
    "/* select */ delete from device",
])
func selectRefusesEverythingButOneQuery(query: String) async throws {
    let store = try populatedStore()
    #expect(await store.refusal(query) == .databaseSQL)
    #expect(try store.texts("DbGetDeviceWideList", "a/*") == ["a/b/c", "a/b/d"])
}

@Test func selectTakesOneStatement() async throws {
    #expect(await (try populatedStore()).refusal("select 1; select 2") == .databaseIncorrectArguments)
}

/// Measured on MariaDB 10.11 with the schema of Tango.
@Test(arguments: [
    ("select distinct domain from device where name not like '%s%'", ["z", "b", "a", "A_x", "a1"]),
    ("select distinct domain from device where server like 'S/%' and class <> 'DServer' order by domain", ["a", "a1", "A_x", "b", "z"]),
    ("select distinct class from device d where d.server like 'S/_' and class <> 'DServer'", ["C", "D"]),
    ("select distinct server from device as d where domain in ('z', 'b') limit 2", ["S/1", "S/3"]),
    ("select name from device where class = 'c'", ["z/f/3", "b/g/1", "z/a/1", "B/h/2", "A_x/f/1", "a1/f/1"]),
    ("select count(*) from device, server where device.domain = 'z'", ["2"]),
])
func whatHasNoOrderComesAsItWasDefined(query: String, expected: [String]) async throws {
    let store = try CommandTable.inMemory()
    for device in [["S/1", "z/f/3", "C"], ["S/1", "b/g/1", "C"], ["S/1", "a/f/9", "D"], ["S/3", "z/a/1", "C"]] {
        try store.texts("DbAddDevice", device)
    }
    for device in [["S/2", "B/h/2", "c"], ["S/1", "A_x/f/1", "C"], ["S/1", "a1/f/1", "C"]] { try store.texts("DbAddDevice", device) }
    #expect(try await store.select(query).strings == expected)
}

/// A query of many seconds.
private let endless =
    "select count(*) from device a, device b, device c, device d, device e, device f, device g, device h, device i, device j, device k"

@Test(.timeLimit(.minutes(1)), arguments: [true, false])
func longQueriesKeepNobodyWaiting(isInMemory: Bool) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("tango-database-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try isInMemory ? CommandTable.inMemory() : CommandTable(path: folder.appendingPathComponent("database.sqlite").path)
    let isOver = Mutex(false)
    async let refusal = {
        defer { isOver.withLock { $0 = true } }
        return await store.refusal(endless)
    }()
    // Commands and short queries are served while it runs, and see what is written meanwhile.
    for number in 0..<5 {
        try store.texts("DbPutDeviceProperty", ["a/b/c", "1", "P", "1", "\(number)"])
        #expect(try store.texts("DbGetDeviceProperty", ["a/b/c", "P"]).last == "\(number)")
        #expect(try await store.select("select value from property_device where name = 'P'").strings == ["\(number)"])
    }
    #expect(!isOver.withLock { $0 })
    #expect(await refusal == .databaseSQL)
}

@Test func aLongQueryThatEndsInTimeIsAnswered() async throws {
    let engine = try SQLiteStore(inMemoryFor: "2")
    #expect(try engine.select(endless, within: .milliseconds(1)) == nil)
    #expect(try engine.selectAside("select count(*) from device a, device b", within: .seconds(60))?.strings == ["64"])
}
