package import TangoCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// One record of a log, and its three forms: a line of the console, an XML event of a file, the argument of a log device.
package struct LogRecord: Sendable {
    package var time: Timestamp
    package var level: LogLevel
    /// Name of the device in lower case.
    package var source: String
    package var message: String
    /// Number of the thread that logged.
    package var thread: UInt64

    package init(time: Timestamp = .now, level: LogLevel, source: String, message: String, thread: UInt64 = Self.currentThread) {
        self.time = time
        self.level = level
        self.source = source
        self.message = message
        self.thread = thread
    }

    /// Number of the current thread.
    package static var currentThread: UInt64 {
        #if canImport(Glibc)
            UInt64(pthread_self())
        #else
            UInt64(UInt(bitPattern: pthread_self()))
        #endif
    }

    /// `seconds [thread] LEVEL device message`, as cppTango 9.3.4 prints it, but always one line: a message may quote what a client sent.
    package var line: String {
        "\(self.time.seconds) [\(self.thread)] \(self.level.name) \(self.source.printable) \(self.message.printable)\n"
    }

    /// A log4j XML event, with the line ends of cppTango 9.3.4.
    package var event: String {
        """
        <log4j:event logger="\(Self.attribute(self.source))" timestamp="\(self.time.milliseconds)" level="\(self.level.name)" \
        thread="\(self.thread)">\r
        <log4j:message><![CDATA[\(Self.characterData(self.message))]]></log4j:message>\r
        <log4j:NDC><![CDATA[]]></log4j:NDC>\r
        </log4j:event>\r
        \r

        """
    }

    /// The argument of a LogConsumer's command Log: time in ms, level, source, message, context, thread.
    package var strings: [String] {
        [
            String(self.time.milliseconds), self.level.name, self.source, self.message, "", "@\(String(self.thread, radix: 16))",
        ]
    }

    /// Estimated size in memory, in bytes.
    var cost: Int { self.message.utf8.count + 200 }

    private static func attribute(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x26 || $0 == 0x3C }) else { return text }
        return String(
            text.flatMap { character -> String in
                switch character {
                case "\"": "&quot;"
                case "&": "&amp;"
                case "<": "&lt;"
                default: String(character)
                }
            })
    }

    /// Makes a text fit for a CDATA section: splits an end of section over two, and replaces characters that XML does not have.
    private static func characterData(_ text: String) -> String {
        let isPlain = !text.utf8.contains { $0 == 0x5D || ($0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D) }
        guard !isPlain else { return text }
        var result = String.UnicodeScalarView()
        var brackets = 0
        for scalar in text.unicodeScalars {
            if scalar == ">", brackets >= 2 { result.append(contentsOf: "]]><![CDATA[".unicodeScalars) }
            brackets = scalar == "]" ? brackets + 1 : 0
            let isAllowed = scalar.value >= 0x20 || scalar == "\t" || scalar == "\n" || scalar == "\r"
            result.append(isAllowed ? scalar : "\u{FFFD}")
        }
        return String(result)
    }
}
