import GRDB
import GRDBSQLite

/// The collation, functions and limits of every SQLite connection of the store.
enum SQLiteExtensions {
    /// Longest text or row that SQLite accepts; bounds what a select can build in memory.
    private static let maximumLength: CInt = 16 << 20

    /// Prepares a connection.
    static func install(in db: Database) throws {
        let code = sqlite3_create_collation_v2(db.sqliteConnection, "TANGO", SQLITE_UTF8, nil, compareNames, nil)
        guard code == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: "Cannot register collation TANGO")
        }
        sqlite3_limit(db.sqliteConnection, SQLITE_LIMIT_LENGTH, Self.maximumLength)
        db.add(function: .like)
        db.add(function: .regexp)
    }
}

/// Collation `TANGO`, for names: compares bytes, ASCII letters as upper case. Thus `_` sorts after letters, as in MariaDB.
private func compareNames(
    _: UnsafeMutableRawPointer?, _ leftCount: CInt, _ left: UnsafeRawPointer?, _ rightCount: CInt, _ right: UnsafeRawPointer?
) -> CInt {
    let left = UnsafeRawBufferPointer(start: left, count: Int(leftCount))
    let right = UnsafeRawBufferPointer(start: right, count: Int(rightCount))
    for index in 0..<min(left.count, right.count) {
        let a = upperCased(left[index])
        let b = upperCased(right[index])
        if a != b { return a < b ? -1 : 1 }
    }
    return left.count == right.count ? 0 : left.count < right.count ? -1 : 1
}

private func upperCased(_ byte: UInt8) -> UInt8 {
    byte >= 0x61 && byte <= 0x7A ? byte & 0xDF : byte
}

extension String {
    /// The text as stored in the file: NUL, at which SQLite ends texts, is stored as U+0100, which Tango texts never contain.
    var stored: String {
        self.utf8.contains(0) ? self.replacing("\0", with: "\u{100}") : self
    }

    /// The original of a stored text.
    var restored: String {
        self.utf8.contains(0xC4) ? self.replacing("\u{100}", with: "\0") : self
    }

    fileprivate func replacing(_ scalar: Unicode.Scalar, with other: Unicode.Scalar) -> String {
        var scalars = String.UnicodeScalarView()
        scalars.append(contentsOf: self.unicodeScalars.map { $0 == scalar ? other : $0 })
        return String(scalars)
    }
}
