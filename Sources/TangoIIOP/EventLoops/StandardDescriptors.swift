#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    public import Darwin
#endif

/// The descriptors 0 to 2 of the process.
package enum StandardDescriptors {
    /// Occupies those that are closed, so that no socket, file or event loop gets their numbers: what is printed or logged would be written
    /// into it. Reading and writing still fail, as on a closed descriptor.
    package static func occupy() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            // The lowest free number is this one. Opened the wrong way round: 0 cannot be read, 1 and 2 cannot be written.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}
