#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Resources used by the process, by the names of Prometheus.
enum ProcessFigures {
    static func write(to text: inout MetricsText) {
        text.family("process_cpu_seconds_total", "Processor time used", .counter)
        text.sample("process_cpu_seconds_total", [], self.processorTime)
        if let memory = Self.residentMemory { text.gauge("process_resident_memory_bytes", "Memory in use", memory) }
        if let start = Self.startTime { text.gauge("process_start_time_seconds", "Start of the process, since 1970", start) }
    }

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }

    /// In bytes; `nil` on systems without /proc.
    private static var residentMemory: Int? {
        guard let fields = Self.contents("/proc/self/statm")?.split(separator: " "), fields.count > 1, let pages = Int(fields[1])
        else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Seconds since 1970; `nil` on systems without /proc.
    private static let startTime: Double? = {
        // The name of the program, in parentheses, may contain spaces and parentheses.
        guard let status = Self.contents("/proc/self/stat"), let end = status.lastIndex(of: ")"),
            let boot = Self.contents("/proc/stat")?.split(separator: "\n").first(where: { $0.hasPrefix("btime ") }),
            let bootTime = Double(boot.dropFirst(6))
        else { return nil }
        let fields = status[status.index(after: end)...].split(separator: " ")
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        guard fields.count > 19, let start = Double(fields[19]), ticks > 0 else { return nil }
        return bootTime + start / ticks
    }()

    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
