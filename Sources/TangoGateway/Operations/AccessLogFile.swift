import Synchronization
import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The file of an access log. Used only on the log's queue.
final class AccessLogFile: Sendable {
    private let path: String?
    private let descriptor: Mutex<Int32>

    init(path: String) throws(DevFailed) {
        self.path = path == "-" ? nil : path
        let descriptor = path == "-" ? STDOUT_FILENO : Self.open(path)
        guard descriptor >= 0 else {
            throw DevFailed(
                .restCantLog, "The access log \(path) cannot be written: \(String(cString: strerror(errno)))", origin: "Gateway.run")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        let descriptor = self.descriptor.withLock { $0 }
        if self.path != nil { close(descriptor) }
    }

    private static func open(_ path: String) -> Int32 {
        #if canImport(Glibc)
            Glibc.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o640)
        #else
            Darwin.open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0o640)
        #endif
    }

    func write(_ bytes: [UInt8]) {
        let descriptor = self.currentDescriptor
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                #if canImport(Glibc)
                    let count = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #else
                    let count = Darwin.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    /// Descriptor of the file that has the path now, which may be another one than before.
    private var currentDescriptor: Int32 {
        self.descriptor.withLock { descriptor in
            guard let path = self.path else { return descriptor }
            var named = stat()
            var opened = stat()
            if stat(path, &named) == 0, fstat(descriptor, &opened) == 0, named.st_ino == opened.st_ino, named.st_dev == opened.st_dev {
                return descriptor
            }
            let renewed = Self.open(path)
            guard renewed >= 0 else { return descriptor }
            close(descriptor)
            descriptor = renewed
            return renewed
        }
    }
}
