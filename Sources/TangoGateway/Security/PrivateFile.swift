import Foundation
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Files that only their owner should read.
enum PrivateFile {
    /// Returns a warning about a file that others can read or change; `nil` when they cannot, or there is no file.
    /// - Parameter allowsGroup: whether the group of the file may read it.
    static func warning(_ path: String, allowsGroup: Bool = false) -> String? {
        guard let mode = Self.mode(path), mode & (allowsGroup ? 0o027 : 0o077) != 0 else { return nil }
        return "Others can read or change \(path): chmod \(allowsGroup ? "640" : "600") it"
    }

    /// Returns a warning about a file that others can change; `nil` when they cannot, or there is no file.
    static func warning(publicFile path: String) -> String? {
        guard let mode = Self.mode(path), mode & 0o022 != 0 else { return nil }
        return "Others can change \(path): chmod go-w it"
    }

    /// Returns the permissions of a file, or of that to which a link leads; `nil` when there is none.
    private static func mode(_ path: String) -> Int? {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        return (try? FileManager.default.attributesOfItem(atPath: target))?[.posixPermissions] as? Int
    }

    /// Replaces a file. The content is never readable by others, not even for a moment.
    /// - Throws: `REST_CantWriteFile`.
    static func write(_ text: String, to path: String) throws(DevFailed) {
        let temporary = "\(path).\(getpid()).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failed(path, errno) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
        } catch {
            unlink(temporary)
            throw DevFailed(.restCantWriteFile, "\(path) cannot be written: \(error)", origin: "PrivateFile")
        }
        guard rename(temporary, path) == 0 else {
            let reason = errno
            unlink(temporary)
            throw Self.failed(path, reason)
        }
    }

    private static func failed(_ path: String, _ reason: Int32) -> DevFailed {
        DevFailed(.restCantWriteFile, "\(path) cannot be written: \(String(cString: strerror(reason)))", origin: "PrivateFile")
    }
}
