import TangoCore
import Testing

@testable import TangoDatabase

@Test func selectAnswersValuesNullsAndSize() throws {
    let store = try populatedStore()
    try store.texts("DbPutDeviceAlias", ["a/b/d", "al"])
    let query = "name,alias from device where name like 'a/b/%'"
    #expect(try store.texts("DbMySqlSelect", query) == ["a/b/c", "", "a/b/d", "al"])
    #expect(try store.numbers("DbMySqlSelect", query) == [1, 0, 1, 1, 2, 2])
    #expect(try store.numbers("DbMySqlSelect", "select name, class from device where name = 'none'") == [0, 2])
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
func selectUnderstandsTheDialectOfClients(query: String, expected: [String]) throws {
    #expect(try populatedStore().texts("DbMySqlSelect", query) == expected)
}

@Test(arguments: [
    "DELETE FROM device", "update device set class = 'select'", "delete from device where 'select' = 'select'",
    "insert into device select * from device", "select * from sqlite_master", "select * from 'sqlite_master'",
    "select * from `sqlite_master`",
    "select randomblob(100)", "with recursive t(x) as (select 1) select x from t", "drop table device -- select", "select 'open",
    "pragma table_info(device) -- select", "select * from pragma_table_list", "select", "", "select * from grdb_migrations",
    "/* select */ delete from device",
])
func selectRefusesEverythingButOneQuery(query: String) throws {
    let store = try populatedStore()
    #expect(store.reason("DbMySqlSelect", query) == .databaseSQL)
    #expect(try store.texts("DbGetDeviceWideList", "a/*") == ["a/b/c", "a/b/d"])
}

@Test func selectTakesOneStatement() throws {
    #expect(try populatedStore().reason("DbMySqlSelect", "select 1; select 2") == .databaseIncorrectArguments)
}
