import Foundation
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    public import Darwin
#endif

/// The right to serve a database file, which one server has at a time: two would export their own devices in the tables they share.
///
/// It ends with the object, and with the process in whatever way.
final class FileClaim: Sendable {
    private let descriptor: CInt
    /// Why the file is not locked although no other server has it: another one will not be refused.
    let failure: String?

    /// Claims the file, by a lock on a file beside it.
    /// - Throws: `DB_SQLError` when another server has it.
    init(of path: String) throws(DevFailed) {
        let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        // A new database has no folder yet; one that cannot be made is reported by the store.
        try? FileManager.default.createDirectory(
            at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
        let descriptor = open("\(file).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        let isLocked = descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) == 0
        let error = errno
        if !isLocked, descriptor >= 0, error == EWOULDBLOCK {
            let owner = Self.text(in: descriptor).trimmingCharacters(in: .whitespacesAndNewlines)
            close(descriptor)
            throw DevFailed(
                .databaseSQL, "\(path) is served by another database server\(owner.isEmpty ? "" : " (process \(owner))")",
                origin: "DatabaseServer")
        }
        self.descriptor = descriptor
        self.failure = isLocked ? nil : String(cString: strerror(error))
        Self.write("\(getpid())\n", to: descriptor)
    }

    deinit { if self.descriptor >= 0 { close(self.descriptor) } }

    private static func write(_ text: String, to descriptor: CInt) {
        guard descriptor >= 0, ftruncate(descriptor, 0) == 0 else { return }
        _ = Array(text.utf8).withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    private static func text(in descriptor: CInt) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
