import Dispatch
import Foundation
import Logging
import TangoCore
import Testing

@testable import TangoServer

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// The parts of logging that need no server.
struct LoggingTests {
    // MARK: - Levels

    @Test(arguments: [
        ("OFF", LogLevel.off), ("fatal", .fatal), ("Error", .error), ("warn", .warn), ("INFO", .info), ("dEBUG", .debug),
        ("nonsense", .warn),
        ("", .warn), ("5", .warn),
    ])
    func aPropertyNamesALevelWithoutCase(text: String, level: LogLevel) {
        #expect(LogLevel(property: text) == level)
    }

    @Test func everyLevelOfALoggerHasOneOfTango() {
        let levels: [(Logger.Level, LogLevel)] = [
            (.trace, .debug), (.debug, .debug), (.info, .info), (.notice, .info), (.warning, .warn), (.error, .error), (.critical, .fatal),
        ]
        #expect(levels.count == Logger.Level.allCases.count)
        for (level, expected) in levels { #expect(LogLevel(level) == expected) }
    }

    @Test func theCommandLineComesBeforeThePropertyAndItBeforeTheDefault() {
        func log(_ verbosity: Int, _ usesDatabase: Bool) -> ServerLog {
            ServerLog(serverID: "S/i", verbosity: verbosity, usesDatabase: usesDatabase, system: nil, fallback: Logger(label: "test"))
        }
        for (verbosity, usesDatabase, property, level, admin) in [
            (0, true, nil, LogLevel.off, LogLevel.warn), (0, true, ["ERROR"], .error, .error), (0, false, ["ERROR"], .warn, .off),
            (1, true, ["ERROR"], .info, .error), (2, true, nil, .info, .warn), (3, true, nil, .debug, .warn), (4, false, nil, .debug, .off),
            (5, true, ["ERROR"], .debug, .debug), (9, false, nil, .debug, .debug),
        ] {
            #expect(log(verbosity, usesDatabase).startLevel(property) == level, "-v\(verbosity) \(usesDatabase)")
            #expect(log(verbosity, usesDatabase).startLevelOfAdmin(property) == admin, "-v\(verbosity) \(usesDatabase)")
        }
    }

    @Test(
        arguments: [
            (nil, 20480), (["600"], 600), (["1"], 500), ([" 700 "], 700), (["2000000"], 1 << 20), (["x"], 20480), ([], 20480),
            (["-5"], 500),
        ] as [([String]?, Int)])
    func theRollingSizeIsInKilobytesAndHasLimits(property: [String]?, kilobytes: Int) {
        #expect(ServerLog.rollingSize(property) == kilobytes * 1024)
    }

    // MARK: - Records

    private static let record = LogRecord(
        time: Timestamp(seconds: 1_795_635_757, microseconds: 42_999), level: .warn, source: "a/b/c", message: "it is hot",
        thread: 0x7f7b_a77f)

    @Test func aRecordHasTheFormsOfTheIncumbents() {
        #expect(Self.record.line == "1795635757 [2138810239] WARN a/b/c it is hot\n")
        #expect(
            Self.record.event == "<log4j:event logger=\"a/b/c\" timestamp=\"1795635757042\" level=\"WARN\" thread=\"2138810239\">\r\n"
                + "<log4j:message><![CDATA[it is hot]]></log4j:message>\r\n<log4j:NDC><![CDATA[]]></log4j:NDC>\r\n</log4j:event>\r\n\r\n")
        #expect(Self.record.strings == ["1795635757042", "WARN", "a/b/c", "it is hot", "", "@7f7ba77f"])
    }

    @Test(arguments: ["a ]]> b", "]]>", "]]]>]]>", "< & \" ' é", "x[1]", "line\n\tline"])
    func anEventIsAlwaysXML(message: String) throws {
        var record = Self.record
        record.message = message
        record.source = "a/\"<&>\"/c"
        #expect(try EventReader.read(record.event) == [EventReader.Event(logger: record.source, level: "WARN", message: message)])
        record.message = "\u{0}\u{1b}[1m"
        #expect(try EventReader.read(record.event).first?.message == "\u{FFFD}\u{FFFD}[1m")
    }

    @Test func aRecordOfTheConsoleIsOneLine() {
        var record = Self.record
        record.source = "a/b\n/c"
        record.message = "it is\n1 [2] FATAL x/y/z hot\u{1B}[0m\r"
        #expect(record.line == "1795635757 [2138810239] WARN a/b\\n/c it is\\n1 [2] FATAL x/y/z hot\\x1b[0m\\r\n")
    }

    @Test func metadataAreRenderedBehindTheMessage() {
        #expect(TangoLogHandler.text("done", [:]) == "done")
        #expect(TangoLogHandler.text("done", ["z": "1", "a": ["x", "y"]]) == "done a=[\"x\", \"y\"] z=1")
    }

    // MARK: - Names

    @Test(
        arguments: [
            ("console", "console", nil), ("Console::COUT", "console", "cout"), ("file::", "file", nil), ("file::/A/b", "file", "/a/b"),
            ("file::a::b", "file", "a::b"), ("x", "x", nil), ("::", "", nil), ("file:/x", "file:/x", nil),
            ("device::tango://h:1/A/b/c#dbase=no", "device", "tango://h:1/a/b/c#dbase=no"),
        ] as [(String, String, String?)])
    func aTargetIsATypeAndAName(text: String, type: String, name: String?) {
        let target = LogTargetName(text)
        #expect(target.type == type && target.name == name)
    }

    @Test func aFileIsInTheFolderOfTheServerUnlessItHasAPath() {
        #expect(LogTargetName("file").path(in: "/l/S/i", device: "A/b/C") == "/l/S/i/a_b_c.log")
        #expect(LogTargetName("file::x.log").path(in: "/l/S/i", device: "a/b/c") == "/l/S/i/x.log")
        #expect(LogTargetName("file::/t/x.log").path(in: "/l/S/i", device: "a/b/c") == "/t/x.log")
    }

    /// A pattern is not anchored (Compatibility 20.2).
    @Test(arguments: [
        ("meas/t/1", true), ("MEAS/T/1", true), ("meas/t", false), ("", false), ("?", false), ("*", true), ("*/*/1", true), ("mea*", true),
        ("*1", true), ("eas*", true), ("*t/", true), ("*x*", false), ("1*m", false), ("*meas*t*1*", true), ("**", true),
    ])
    func aPatternNamesParts(pattern: String, matches: Bool) {
        #expect(LogDevicePattern(pattern).matches("Meas/T/1") == matches)
    }

    // MARK: - Files

    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.path)
    }

    private func contents(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func aFullFileIsRolledAndOneOldOneIsKept() async throws {
        try await self.withFolder { folder in
            let path = "\(folder)/a.log"
            let file = try #require(LogFile.open(path))
            file.roll(at: 1000)
            for number in 0..<20 {
                file.append(LogRecord(level: .info, source: "a/b/c", message: "record \(number)"))
                file.flush()
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["a.log", "a.log.1"])
            let (old, new) = (try self.contents("\(path).1"), try self.contents(path))
            #expect(old.utf8.count >= 1000 && old.utf8.count < 1400 && new.utf8.count < 1000)
            // No event is cut.
            let numbers = try EventReader.read(old + new).map(\.message)
            #expect(numbers == (0..<20).map { "record \($0)" }.suffix(numbers.count))
        }
    }

    @Test func aFileThatIsThereIsGoneOnWith() async throws {
        try await self.withFolder { folder in
            for message in ["first", "second"] {
                let file = try #require(LogFile.open("\(folder)/a.log"))
                file.append(LogRecord(level: .info, source: "a/b/c", message: message))
                file.flush()
            }
            #expect(try EventReader.read(try self.contents("\(folder)/a.log")).map(\.message) == ["first", "second"])
        }
    }

    @Test func aFileThatCannotBeOpenedIsNone() {
        #expect(LogFile.open("/nosuch/folder/a.log") == nil)
        #expect(LogFile.open("/tmp") == nil)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"))) func aFullDiskCostsRecordsAndNothingElse() throws {
        let file = try #require(LogFile.open("/dev/full"))
        file.roll(at: 500)
        for _ in 0..<5 {
            file.append(LogRecord(level: .info, source: "a/b/c", message: "lost"))
            file.flush()
        }
        #expect(file.droppedCount == 5)
    }

    @Test func aPipeNobodyReadsIsNotWaitedFor() async throws {
        try await self.withFolder { folder in
            #expect(mkfifo("\(folder)/pipe", 0o600) == 0)
            #expect(LogFile.open("\(folder)/pipe") == nil)
        }
    }

    @Test func recordsAreWrittenInOrderAndInOneFileByManyWriters() async throws {
        try await self.withFolder { folder in
            let writer = LogWriter()
            let file = try #require(LogFile.open("\(folder)/a.log"))
            await withTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for number in 0..<250 { writer.write(LogRecord(level: .info, source: "\(task)", message: "\(number)"), to: file) }
                    }
                }
            }
            await writer.flush()
            let events = try EventReader.read(try self.contents("\(folder)/a.log"))
            #expect(events.count == 1000)
            for task in 0..<4 { #expect(events.filter { $0.logger == "\(task)" }.map(\.message) == (0..<250).map(String.init)) }
        }
    }

    @Test func whatDoesNotFitInTheQueueIsCountedAndTheCountIsWritten() async throws {
        try await self.withFolder { folder in
            let writer = LogWriter(limit: 10_000)
            let file = try #require(LogFile.open("\(folder)/a.log"))
            let (isBlocked, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let blocked: Void = writer.perform {
                isBlocked.signal()
                go.wait()
            }
            await Task.detached { isBlocked.waitForTests() }.value
            // Nobody waits here though nothing is written.
            for number in 0..<100 { writer.write(LogRecord(level: .info, source: "a/b/c", message: "\(number)"), to: file) }
            let lost = file.droppedCount
            #expect(lost > 0 && lost < 100)
            go.signal()
            await blocked
            await writer.flush()
            writer.write(LogRecord(level: .info, source: "a/b/c", message: "again"), to: file)
            await writer.flush()
            let messages = try EventReader.read(try self.contents("\(folder)/a.log")).map(\.message)
            #expect(messages.filter { $0 == "\(lost) records were lost" }.count == 1)
            #expect(messages.count == 100 - Int(lost) + 2 && messages.last == "again" && file.droppedCount == 0)
        }
    }

    // MARK: - A device's log

    private func makeLog(_ level: LogLevel) throws -> (log: DeviceLog, path: String, writer: LogWriter) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString).log").path
        let writer = LogWriter()
        let log = DeviceLog(source: "a/b/c", level: level, saved: level)
        log.add(DeviceLog.Target(name: "file::\(path)", output: .file(try #require(LogFile.open(path)), by: writer)))
        return (log, path, writer)
    }

    @Test(arguments: 0...5) func aLevelLetsTheMoreSeriousThrough(level: Int32) async throws {
        let (log, path, writer) = try self.makeLog(try #require(LogLevel(rawValue: level)))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let logger = log.logger()
        logger.trace("trace")
        logger.debug("debug")
        logger.notice("notice")
        logger.warning("warning")
        logger.error("error")
        logger.critical("critical")
        await writer.flush()
        let levels = try EventReader.read(try self.contents(path)).map(\.level)
        let expected = ["DEBUG", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"]
        #expect(levels == Array(expected.suffix(level == 5 ? 6 : Int(level))))
    }

    @Test func whatGoesNowhereIsNotEvenMade() throws {
        func unexpected() -> Logger.Message {
            Issue.record("made")
            return ""
        }
        let off = DeviceLog(source: "a/b/c", level: .off)
        off.logger().debug(unexpected())
        // No target.
        DeviceLog(source: "a/b/c", level: .debug).logger().debug(unexpected())
        let (log, path, _) = try self.makeLog(.warn)
        defer { try? FileManager.default.removeItem(atPath: path) }
        log.logger().info(unexpected())
        log.level = .debug
        var logger = log.logger()
        logger.logLevel = .error
        logger.info(unexpected())
    }

    @Test func aLoggerMadeBeforeFollowsTheLevel() async throws {
        let (log, path, writer) = try self.makeLog(.off)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var logger = log.logger()
        logger[metadataKey: "part"] = "motor"
        logger.info("one")
        log.level = .info
        logger.info("two", metadata: ["n": "2"])
        log.stop()
        logger.info("three")
        log.start()
        logger.info("four")
        await writer.flush()
        #expect(try EventReader.read(try self.contents(path)).map(\.message) == ["two n=2 part=motor", "four part=motor"])
    }

    @Test func theFallbackTakesWhatNoTargetTakes() async throws {
        let (log, path, writer) = try self.makeLog(.error)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let memory = MemoryLogHandler()
        var fallback = Logger(label: "fallback") { _ in memory }
        fallback.logLevel = .warning
        let logger = log.logger(fallback: fallback)
        logger.info("nobody")
        logger.warning("fallback", metadata: ["n": "1"])
        logger.error("target")
        await writer.flush()
        #expect(memory.lines == ["fallback device=a/b/c n=1"])
        #expect(try EventReader.read(try self.contents(path)).map(\.message) == ["target"])
    }

    /// Measured: a second stop forgets the level, and a start does not know of levels set in between.
    @Test func stoppingRemembersTheLevelOnce() {
        let log = DeviceLog(source: "a/b/c", level: .warn, saved: .warn)
        log.level = .debug
        log.start()
        #expect(log.level == .warn)
        log.level = .debug
        log.stop()
        #expect(log.level == .off)
        log.level = .info
        log.start()
        #expect(log.level == .debug)
        log.stop()
        log.stop()
        log.start()
        #expect(log.level == .off)
    }

    @Test func targetsAreSortedAndThereOnce() {
        let log = DeviceLog(source: "a/b/c")
        for name in ["file::/b", "console::cout", "file::/a", "file::/b"] {
            log.add(.init(name: name, output: .file(.console(), by: LogWriter())))
        }
        #expect(log.targetNames == ["console::cout", "file::/a", "file::/b"])
        log.removeTargets { $0.name.hasPrefix("file::") }
        #expect(log.targetNames == ["console::cout"])
    }
}

extension DispatchSemaphore {
    fileprivate func waitForTests() { self.wait() }
}

/// Reads a file of log4j events.
enum EventReader {
    struct Event: Hashable {
        var logger: String
        var level: String
        var message: String
    }

    private final class Delegate: NSObject, XMLParserDelegate {
        var events: [Event] = []
        private var isMessage = false

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            if name == "log4j:event" {
                self.events.append(Event(logger: attributes["logger"] ?? "", level: attributes["level"] ?? "", message: ""))
            }
            self.isMessage = name == "log4j:message"
        }

        func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
            self.isMessage = false
        }

        func parser(_ parser: XMLParser, foundCDATA data: Data) {
            if self.isMessage { self.events[self.events.count - 1].message += String(decoding: data, as: UTF8.self) }
        }
    }

    /// - Throws: when it is not XML.
    static func read(_ text: String) throws -> [Event] {
        let parser = XMLParser(data: Data("<events>\(text)</events>".utf8))
        let delegate = Delegate()
        parser.delegate = delegate
        guard parser.parse() else { throw DevFailed("XML", "\(String(describing: parser.parserError)): \(text)") }
        return delegate.events
    }
}
