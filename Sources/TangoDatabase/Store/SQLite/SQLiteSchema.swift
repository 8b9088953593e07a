import GRDB

/// The tables, with the names and columns of every Tango database; keys and indexes are our own.
enum SQLiteSchema {
    /// Creates the tables of a new file and brings older ones up to date.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 tables") { db in
            try db.execute(sql: Self.registry)
            for table in PropertyTable.all { try db.execute(sql: Self.statements(for: table)) }
            try InitialContent.insert(in: SQLiteConnection(db))
        }
        return migrator
    }

    private static let registry = """
        CREATE TABLE device (
            name TEXT NOT NULL PRIMARY KEY COLLATE TANGO,
            alias TEXT UNIQUE COLLATE TANGO,
            domain TEXT NOT NULL COLLATE TANGO,
            family TEXT NOT NULL COLLATE TANGO,
            member TEXT NOT NULL COLLATE TANGO,
            exported INTEGER NOT NULL DEFAULT 0,
            ior TEXT NOT NULL DEFAULT 'nada',
            host TEXT NOT NULL DEFAULT 'nada' COLLATE TANGO,
            server TEXT NOT NULL COLLATE TANGO,
            pid INTEGER NOT NULL DEFAULT 0,
            class TEXT NOT NULL COLLATE TANGO,
            version TEXT NOT NULL DEFAULT '0',
            started TEXT,
            stopped TEXT,
            comment TEXT COLLATE TANGO
        );
        CREATE INDEX device_server ON device (server, name);
        CREATE INDEX device_class ON device (class, name);
        CREATE INDEX device_fields ON device (domain, family, member);
        CREATE INDEX device_host ON device (host);
        CREATE TABLE server (
            name TEXT NOT NULL PRIMARY KEY COLLATE TANGO,
            host TEXT NOT NULL COLLATE TANGO,
            mode INTEGER NOT NULL,
            level INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE event (
            name TEXT NOT NULL PRIMARY KEY COLLATE TANGO,
            exported INTEGER NOT NULL DEFAULT 0,
            ior TEXT NOT NULL,
            host TEXT NOT NULL COLLATE TANGO,
            server TEXT NOT NULL COLLATE TANGO,
            pid INTEGER NOT NULL,
            version TEXT NOT NULL,
            started TEXT,
            stopped TEXT
        ) WITHOUT ROWID;
        CREATE TABLE attribute_alias (
            alias TEXT NOT NULL PRIMARY KEY COLLATE TANGO,
            name TEXT NOT NULL UNIQUE COLLATE TANGO,
            device TEXT NOT NULL COLLATE TANGO,
            attribute TEXT NOT NULL COLLATE TANGO,
            updated TEXT NOT NULL,
            accessed TEXT,
            comment TEXT COLLATE TANGO
        ) WITHOUT ROWID;
        CREATE INDEX attribute_alias_device ON attribute_alias (device);
        """

    private static func statements(for table: PropertyTable) -> String {
        let names = table.nameColumns.map { "\($0) TEXT NOT NULL COLLATE TANGO" }.joined(separator: ",\n    ")
        let key = table.nameColumns.joined(separator: ", ")
        let fields = table == .device ? ["domain", "family", "member"].map { "\($0) TEXT NOT NULL DEFAULT '',\n    " }.joined() : ""
        var sql = """
            CREATE TABLE \(table.name) (
                \(names),
                count INTEGER NOT NULL,
                \(fields)value TEXT NOT NULL COLLATE TANGO,
                updated TEXT NOT NULL,
                accessed TEXT,
                comment TEXT COLLATE TANGO,
                PRIMARY KEY (\(key), count)
            ) WITHOUT ROWID;
            CREATE TABLE \(table.historyName) (
                id INTEGER NOT NULL,
                date TEXT NOT NULL,
                \(names),
                count INTEGER NOT NULL,
                value TEXT NOT NULL COLLATE TANGO,
                PRIMARY KEY (id, count)
            ) WITHOUT ROWID;
            CREATE INDEX \(table.historyName)_records ON \(table.historyName) (\(key), id) WHERE count <= 1;
            CREATE TABLE \(table.sequenceName) (id INTEGER NOT NULL);
            INSERT INTO \(table.sequenceName) (id) VALUES (0);

            """
        if table == .deviceAttribute {
            sql += "CREATE INDEX property_attribute_device_root ON property_attribute_device (device) WHERE name = '__root_att';\n"
        }
        return sql
    }
}
