import Dispatch
import Foundation
package import Logging
import Synchronization
package import TangoClient
import TangoCore
import TangoIIOP

/// Logging of a server: levels and targets at the start, folder and size of files, and the writers.
package final class ServerLog: Sendable {
    private struct Settings {
        /// Folder of the default files.
        var folder: String
        /// Bytes after which files added by command are rolled.
        var rollingSize: Int
    }

    private struct WeakFile: Sendable {
        weak let file: LogFile?
    }

    /// Writes the files.
    let writer = LogWriter()
    /// Writes the console, so that a stopped terminal delays no file.
    private let consoleWriter = LogWriter()
    /// Takes records of the kernel that reach no target of a device.
    package let fallback: Logger
    private let serverID: String
    /// `-v`; 0 without.
    private let verbosity: Int
    private let usesDatabase: Bool
    private let system: ControlSystem?
    private let console = LogFile.console()
    private let openingQueue = DispatchQueue(label: "tango.log.open")
    private let settings: Mutex<Settings>
    /// Open files by path. Devices that name the same file share it, so that it is rolled once.
    private let files = Mutex<[String: WeakFile]>([:])
    private let devices = Mutex<[LogDevice]>([])
    /// Log of the admin device, which takes what concerns the server as a whole.
    package let admin: DeviceLog

    /// - Parameters:
    ///   - usesDatabase: whether properties are known; a property file counts.
    ///   - system: finds log devices; `nil` knows none.
    package init(serverID: String, verbosity: Int, usesDatabase: Bool, system: ControlSystem?, fallback: Logger) {
        self.serverID = serverID
        self.verbosity = verbosity
        self.usesDatabase = usesDatabase
        self.system = system
        self.fallback = fallback.printable
        let path = TangoEnvironment.value("TANGO_LOG_PATH") ?? "/tmp/tango-\(NSUserName())"
        self.settings = Mutex(Settings(folder: "\(path)/\(serverID)", rollingSize: Self.rollingSize(nil)))
        self.admin = DeviceLog(source: "dserver/\(serverID)")
    }

    /// A `Logger` of the server: writes to the targets of the admin device, or to the fallback.
    package var logger: Logger { self.admin.logger(fallback: self.fallback) }

    /// Applies the properties of the admin device: `logging_path` and `logging_rft` are for all files of the server.
    package func configure(_ properties: [String: [String]]) {
        guard self.usesDatabase else { return }
        self.settings.withLock { settings in
            if let path = properties["logging_path"]?.first, !path.isEmpty { settings.folder = "\(path)/\(self.serverID)" }
            settings.rollingSize = Self.rollingSize(properties["logging_rft"])
        }
    }

    /// Returns the size in bytes that `logging_rft` means: kB from 500 to 1,048,576, by default 20,480.
    package static func rollingSize(_ property: [String]?) -> Int {
        let kilobytes = property?.first.flatMap { Int($0.trimmingCharacters(in: .whitespaces)) } ?? 20480
        return min(max(kilobytes, 500), 1 << 20) * 1024
    }

    // MARK: - Start

    /// Returns the level of a device at its start: that of the command line, else of the property, else OFF; without a database WARN.
    package func startLevel(_ property: [String]?) -> LogLevel {
        switch self.verbosity {
        case ...0: self.usesDatabase ? property?.first.map { LogLevel(property: $0) } ?? .off : .warn
        case 1...2: .info
        default: .debug
        }
    }

    /// Returns the level of the admin device at the start: DEBUG from `-v5` on, else that of the property, else WARN; without a database OFF.
    package func startLevelOfAdmin(_ property: [String]?) -> LogLevel {
        if self.verbosity >= 5 { return .debug }
        return self.usesDatabase ? property?.first.map { LogLevel(property: $0) } ?? .warn : .off
    }

    /// Makes the log of a device that starts.
    func makeLog(_ device: DeviceName, _ properties: [String: [String]]) -> DeviceLog {
        let level = self.startLevel(properties["logging_level"])
        let log = DeviceLog(source: device.folded, level: level, saved: self.usesDatabase ? level : .warn)
        if self.verbosity > 0 { log.add(self.consoleTarget) }
        return log
    }

    /// Sets the log of the admin device at the start.
    func beginAdmin(_ properties: [String: [String]]) {
        let level = self.startLevelOfAdmin(properties["logging_level"])
        self.admin.begin(level, saved: self.usesDatabase ? level : .warn)
        if self.verbosity >= 5 { self.admin.add(self.consoleTarget) }
    }

    /// RestartServer: without a database the admin device gets its first level again, as in cppTango 9.3.4.
    func restartAdmin() {
        if !self.usesDatabase { self.admin.level = self.startLevelOfAdmin(nil) }
    }

    /// Adds the targets that the properties name to a device that starts; targets that cannot be opened are left out. Does not wait for log
    /// devices.
    func addTargets(_ properties: [String: [String]], to log: DeviceLog) async {
        guard self.usesDatabase, let targets = properties["logging_target"] else { return }
        for text in targets {
            let name = LogTargetName(text)
            switch name.kind {
            case .console?: log.add(self.consoleTarget)
            case .file?: try? await self.addFile(name, to: log, rollingSize: Self.rollingSize(properties["logging_rft"]))
            case .device?: if let device = name.name { self.addDevice(device, to: log) }
            case nil: break
            }
        }
    }

    // MARK: - Targets

    private var consoleTarget: DeviceLog.Target {
        DeviceLog.Target(name: "console::cout", output: .file(self.console, by: self.consoleWriter))
    }

    /// Adds a target to a device that does not have it.
    /// - Throws: `API_MethodArgument`, `API_CannotOpenFile`, `API_ConnectionFailed`.
    func addTarget(_ text: String, to log: DeviceLog) async throws(DevFailed) {
        func failed(_ reason: ErrorReason, _ text: String) -> DevFailed {
            DevFailed(reason, text, origin: "DeviceImpl::add_logging_target")
        }
        let target = LogTargetName(text)
        switch target.kind {
        case .console?: log.add(self.consoleTarget)
        case .file?: try await self.addFile(target, to: log, rollingSize: nil)
        case .device?:
            guard let name = target.name else {
                throw failed(.methodArgument, "Device target name must be specified (no default value)")
            }
            guard !log.hasTarget("device::\(name)") else { return }
            let device = self.makeDevice(name, source: log.source)
            do {
                try await device.connected()
            } catch {
                throw failed("API_ConnectionFailed", "Could not connect to log consumer \(name)")
            }
            log.add(DeviceLog.Target(name: "device::\(name)", output: .device(device)))
        case nil: throw failed(.methodArgument, "Invalid logging target type specified (\(target.type))")
        }
    }

    /// Returns the name of a device's target as GetLoggingTarget shows it.
    func name(of target: LogTargetName, _ log: DeviceLog) -> String {
        switch target.kind {
        case .console?: "console::cout"
        case .file?: "file::\(self.path(of: target, log))"
        case .device?, nil: "\(target.type)::\(target.name ?? "default")"
        }
    }

    private func path(of target: LogTargetName, _ log: DeviceLog) -> String {
        target.path(in: self.settings.withLock { $0.folder }, device: log.source)
    }

    /// - Parameter rollingSize: `nil` is the server's.
    private func addFile(_ target: LogTargetName, to log: DeviceLog, rollingSize: Int?) async throws(DevFailed) {
        let path = self.path(of: target, log)
        guard !log.hasTarget("file::\(path)") else { return }
        let (folder, size) = self.settings.withLock { ($0.folder, rollingSize ?? $0.rollingSize) }
        let opened = await self.opening { () -> LogFile? in
            if let file = self.files.withLock({ $0[path]?.file }) { return file }
            if path.hasPrefix(folder) { LogFile.makeFolder(folder) }
            guard let file = LogFile.open(path) else { return nil }
            self.files.withLock { files in
                files = files.filter { $0.value.file != nil }
                files[path] = WeakFile(file: file)
            }
            return file
        }
        guard let file = opened else {
            throw DevFailed("API_CannotOpenFile", "Could not open logging file \(path)", origin: "DeviceImpl::add_logging_target")
        }
        file.roll(at: size)
        log.add(DeviceLog.Target(name: "file::\(path)", output: .file(file, by: self.writer)))
    }

    /// Runs work that opens a file, which may take long on a remote file system: neither on an event loop nor behind the records that wait.
    private func opening(_ work: @escaping @Sendable () -> LogFile?) async -> LogFile? {
        await withCheckedContinuation { continuation in
            self.openingQueue.async { continuation.resume(returning: work()) }
        }
    }

    private func addDevice(_ name: String, to log: DeviceLog) {
        guard !log.hasTarget("device::\(name)") else { return }
        log.add(DeviceLog.Target(name: "device::\(name)", output: .device(self.makeDevice(name, source: log.source))))
    }

    private func makeDevice(_ name: String, source: String) -> LogDevice {
        let device = LogDevice(name, source: source, system: self.system)
        self.devices.withLock { $0.append(device) }
        Task {
            await device.end()
            self.devices.withLock { $0.removeAll { $0 === device } }
        }
        return device
    }

    /// Removes log devices that do not answer, as cppTango 9.3.4 does before each command about targets.
    func removeDeadTargets(of logs: [DeviceLog]) async {
        await withTaskGroup(of: Void.self) { group in
            for log in logs {
                for target in log.targets {
                    guard case .device(let device) = target.output else { continue }
                    group.addTask {
                        guard !(await device.isAlive()) else { return }
                        log.removeTargets { if case .device(let other) = $0.output { other === device } else { false } }
                    }
                }
            }
        }
    }

    /// Writes everything that waits and closes all log devices, as far as they answer.
    func end() async {
        self.admin.removeTargets { if case .device = $0.output { true } else { false } }
        for device in self.devices.withLock({ $0 }) {
            device.close()
            await device.end()
        }
        await self.writer.flush()
        await self.consoleWriter.flush()
    }

    /// Prints a line that is no record, behind the records before it. A console that is closed or stopped is no failure.
    func say(_ line: String) {
        self.consoleWriter.run { [console] in console.write("\(line)\n") }
    }
}
