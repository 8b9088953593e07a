import TangoCore

/// The decoded answer of `DevLockStatus`.
struct LockStatus: Sendable, Hashable {
    /// The server's text, such as "Device a/b/c is not locked".
    var text: String
    /// `nil` when the device is not locked.
    var locker: LockerInfo?

    /// - Throws: `API_WrongLockingStatus` when the server's answer cannot be understood.
    init(_ answer: CommandData) throws(DevFailed) {
        guard case .longStringArray(let status) = answer, status.longs.count >= 6, status.strings.count >= 3 else {
            throw Self.wrong("Locking status returned by server is not valid")
        }
        self.text = status.strings[0]
        guard status.longs[0] != 0 else { return }
        let pid = UInt32(bitPattern: status.longs[1])
        let client: LockerInfo.Client =
            pid != 0 ? .cpp(pid: pid) : .java(words: Array(status.longs[2..<6]), mainClass: status.strings[2])
        self.locker = LockerInfo(client: client, host: try Self.host(inAddress: status.strings[1]))
    }

    /// The host in `giop:tcp:1.2.3.4:5`, `giop:tcp:[::ffff:1.2.3.4]:5` or `giop:unix:/path`.
    static func host(inAddress address: String) throws(DevFailed) -> String {
        if address.contains(":unix:") { return "localhost" }
        let fields = address.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3, let end = fields[2].lastIndex(of: ":") else {
            throw Self.wrong("Locker IP address returned by server is unvalid")
        }
        let host = fields[2][..<end]
        guard host.hasPrefix("["), host.hasSuffix("]") else { return String(host) }
        let inner = host.dropFirst().dropLast()
        return String(inner.hasPrefix("::ffff:") ? inner.dropFirst("::ffff:".count) : inner)
    }

    private static func wrong(_ text: String) -> DevFailed { DevFailed("API_WrongLockingStatus", text, origin: "DeviceProxy") }
}
