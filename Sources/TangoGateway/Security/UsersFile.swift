import CoreFoundation
import Foundation
package import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The users of a gateway and their hashed passwords: a file with one line `name:hash` per user; `#` begins a comment. It is written so that
/// only its owner can read it. Names are compared without case.
package struct UsersFile: Sendable {
    /// State of the file that differs after a change.
    struct Stamp: Sendable, Hashable {
        var seconds: Int
        var nanoseconds: Int
        var size: Int
        var node: UInt64
    }

    /// Path of the file.
    package let path: String

    /// Creates a value for a file, which need not exist.
    package init(path: String) {
        self.path = path
    }

    /// Path in the configuration folder of the user of this process.
    package static var defaultPath: String {
        let environment = ProcessInfo.processInfo.environment
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? (environment["HOME"] ?? ".") + "/.config"
        return base + "/swift-tango/rest-users"
    }

    /// Returns the names of the users, in the order of the file; none when there is no file.
    /// - Throws: `REST_BadUsersFile`.
    package func names() throws(DevFailed) -> [String] {
        try self.entries().map(\.name.text)
    }

    /// Adds a user, or changes the password of one.
    /// - Returns: whether the user is new.
    /// - Throws: `REST_BadValue` for an impossible name or password; `REST_BadUsersFile`; `REST_CantWriteFile`.
    @discardableResult
    package func set(_ name: String, password: String) throws(DevFailed) -> Bool {
        try self.set(name, password: password, cost: PasswordHash.Cost())
    }

    @discardableResult
    func set(_ name: String, password: String, cost: PasswordHash.Cost) throws(DevFailed) -> Bool {
        guard let name = Self.possible(name) else {
            throw DevFailed(
                .restBadValue,
                "A user's name has 1 to 128 characters that can be seen, no colon, no space at its ends and does not begin with #",
                origin: "UsersFile")
        }
        guard !password.isEmpty, password.utf8.count <= 1024 else {
            throw DevFailed(.restBadValue, "A password has 1 to 1024 bytes", origin: "UsersFile")
        }
        return try self.change { entries throws(DevFailed) in
            guard let hash = try? PasswordHash(of: password, cost: cost) else { throw self.failed("the password could not be hashed") }
            if let index = entries.firstIndex(where: { $0.name == name }) {
                entries[index].hash = hash
                return false
            }
            entries.append((name, hash))
            return true
        }
    }

    /// Removes a user.
    /// - Returns: whether there was one.
    /// - Throws: `REST_BadUsersFile`, `REST_CantWriteFile`.
    package func remove(_ name: String) throws(DevFailed) -> Bool {
        try self.change { entries throws(DevFailed) in
            let count = entries.count
            entries.removeAll { $0.name.folded == name.lowercased() }
            return entries.count < count
        }
    }

    // MARK: - Reading

    /// Returns the users; none when there is no file.
    func entries() throws(DevFailed) -> [(name: UserName, hash: PasswordHash)] {
        guard FileManager.default.fileExists(atPath: self.path) else { return [] }
        guard let data = FileManager.default.contents(atPath: self.path), let text = String(data: data, encoding: .utf8) else {
            throw self.failed("it cannot be read")
        }
        var entries: [(name: UserName, hash: PasswordHash)] = []
        var known: [UserName: String] = [:]
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            guard let colon = line.firstIndex(of: ":"), let hash = PasswordHash(parsing: line[line.index(after: colon)...]),
                let name = Self.possible(String(line[..<colon]))
            else { throw self.failed("line \(number) is not a user's name, a colon and a hash") }
            if let other = known.updateValue(name.text, forKey: name) {
                throw self.failed("line \(number): \(name.text) and \(other) are one user")
            }
            entries.append((name, hash))
        }
        return entries
    }

    /// `nil` when there is no file.
    var stamp: Stamp? {
        var status = stat()
        guard stat(self.path, &status) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        return Stamp(
            seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec), size: Int(status.st_size), node: UInt64(status.st_ino))
    }

    private static func possible(_ name: String) -> UserName? {
        name.hasPrefix("#") || name.contains(":") ? nil : UserName(name)
    }

    private func failed(_ description: String) -> DevFailed {
        DevFailed(.restBadUsersFile, "Users file \(self.path): \(description)", origin: "UsersFile")
    }

    // MARK: - Writing

    /// Replaces the file. Concurrent changes wait for each other; a reader sees the old or the new file.
    private func change(
        _ body: (inout [(name: UserName, hash: PasswordHash)]) throws(DevFailed) -> Bool
    ) throws(DevFailed) -> Bool {
        let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw self.failed("its folder cannot be made")
        }
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else { throw self.failed("its folder cannot be locked") }
        defer { close(descriptor) }
        var entries = try self.entries()
        let result = try body(&entries)
        try PrivateFile.write(entries.map { "\($0.name.text):\($0.hash)\n" }.joined(), to: self.path)
        return result
    }
}
