#if canImport(Glibc)
    @preconcurrency import Glibc
#elseif canImport(Musl)
    @preconcurrency import Musl
#elseif canImport(Darwin)
    @preconcurrency import Darwin
#endif

/// Output that could not be written.
package enum LostOutput {
    /// From now on the program ends with status 1 and one line where what it printed did not reach standard output: the disk is full, the
    /// descriptor is closed.
    package static func endsProgram() {
        atexit {
            errno = 0
            guard fflush(stdout) != 0 || ferror(stdout) != 0 else { return }
            let cause = errno == 0 ? "" : ": \(String(cString: strerror(errno)))"
            Terminal.printError("tango: cannot write to standard output\(cause)")
            _exit(1)
        }
    }
}
