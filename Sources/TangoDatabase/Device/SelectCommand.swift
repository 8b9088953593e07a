import TangoCore

extension DatabaseCommand {
    static let select = reading(
        "DbMySqlSelect", "one SELECT statement on the tables of the database",
        "texts: values row by row; numbers: 0 for each NULL else 1, then number of rows, number of columns"
    ) { (db, sql: String) -> LongStringArray in
        try db.select(sql)
    }
}
