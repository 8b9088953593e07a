import TangoCore
import Testing

@testable import TangoCLI

struct TerminalTests {
    private static let table = Table(
        columns: [.init("NAME"), .init("SIZE", alignment: .right), .init("TEXT", isFlexible: true)],
        rows: [["a", "1", "short"], [.init("long name", style: .green), "1000", "a text that is rather long"]])

    @Test func pipedATableIsTabSeparatedWithoutHeadings() {
        #expect(Terminal.plain.text(Self.table) == "a\t1\tshort\nlong name\t1000\ta text that is rather long")
    }

    @Test func onATerminalColumnsAreAligned() {
        let terminal = Terminal(isTerminal: true, usesColor: false)
        #expect(
            terminal.text(Self.table) == """
                NAME       SIZE  TEXT
                a             1  short
                long name  1000  a text that is rather long
                """)
    }

    @Test func aNarrowTerminalCutsFlexibleColumns() {
        let terminal = Terminal(isTerminal: true, usesColor: false, width: 30)
        #expect(
            terminal.text(Self.table) == """
                NAME       SIZE  TEXT
                a             1  short
                long name  1000  a text that …
                """)
        #expect(Self.table.widths(limit: 10) == [9, 4, Table.minimumWidth])
        #expect(Self.table.widths(limit: nil) == [9, 4, 26])
    }

    @Test func theWidestFlexibleColumnIsCutFirst() {
        let table = Table(
            columns: [.init("A", isFlexible: true), .init("B", isFlexible: true)],
            rows: [[.init(String(repeating: "a", count: 20)), .init(String(repeating: "b", count: 40))]])
        #expect(table.widths(limit: 52) == [20, 30])
        for limit in 18...62 {
            #expect(table.widths(limit: limit).reduce(Table.gap, +) == limit)
        }
    }

    @Test func colorSurroundsTheTextOnly() {
        let colored = Terminal(isTerminal: true, usesColor: true)
        #expect(colored.styled("ON", Style(state: .on)) == "\u{1B}[32mON\u{1B}[0m")
        #expect(colored.styled("", .red) == "")
        #expect(Terminal.plain.styled("ON", .green) == "ON")
        #expect(colored.text(Table(columns: [.init(""), .init("")], rows: [[.init("a", style: .red), "b"]])) == "\u{1B}[31ma\u{1B}[0m  b")
    }

    @Test func statesHaveTheirColors() {
        #expect(Style(state: .on) == .green)
        #expect(Style(state: .fault) == .red)
        #expect(Style(state: .alarm) == .orange)
        #expect(Style(state: .moving) == .blue)
        #expect(Style(quality: .valid) == .green)
        #expect(Style(quality: .alarm) == .red)
    }

    @Test func controlCharactersCannotSteerTheTerminal() {
        let table = Table(columns: [.init("")], rows: [["\u{1B}[2Ja\tb\nc\r\u{9B}"]])
        #expect(Terminal.plain.text(table) == "\\x1b[2Ja\\tb\\nc\\r\\x9b")
        #expect("a\r\nb".printable == "a\\r\\nb")
        #expect("é日".printable == "é日")
    }

    @Test func widthCountsColumnsNotCharacters() {
        #expect("日本".displayWidth == 4)
        #expect("e\u{301}é".displayWidth == 2)
        #expect("🚀".displayWidth == 2)
        #expect("日本語".truncated(toWidth: 5) == "日本…")
        #expect("日本語".truncated(toWidth: 4) == "日…")
        #expect("abc".truncated(toWidth: 3) == "abc")
        #expect("abc".truncated(toWidth: 0) == "")
    }

    @Test func pairsHaveNoHeadings() {
        let terminal = Terminal(isTerminal: true, usesColor: false)
        #expect(terminal.text(Table(pairs: [("class", "X"), ("host", "y")])) == "class  X\nhost   y")
    }

    @Test func emptyFieldsLeaveNoBlanksAtTheEnd() {
        let terminal = Terminal(isTerminal: true, usesColor: false)
        #expect(terminal.text(Table(columns: [.init("A"), .init("B")], rows: [["x", ""], ["", "y"]])) == "A  B\nx\n   y")
    }
}

struct ErrorLineTests {
    private static func line(_ reason: ErrorReason, _ description: String = "text", _ context: ErrorLine.Context = .init()) -> String {
        ErrorLine.text(DevFailed(reason, description), cannot: "read a/b/c/x", context: context)
    }

    @Test func theRootCauseIsReportedWithItsReason() {
        let failure = DevFailed(.attributeNotFound, "nope attribute not found").rethrowing(
            "API_AttributeFailed", "Failed to read_attributes")
        #expect(
            ErrorLine.text(failure, cannot: "read sys/tg_test/1/nope")
                == "tango: cannot read sys/tg_test/1/nope: nope attribute not found (API_AttrNotFound)")
    }

    @Test func aWellKnownConditionIsReportedInsteadOfItsLowLevelCause() {
        let failure = DevFailed(.corbaException, "TRANSIENT").rethrowing(.cantConnectToDatabase, "Failed to connect")
        #expect(
            ErrorLine.text(failure, cannot: "list devices", context: .init(host: TangoHost(host: "db", port: 10000)))
                == "tango: cannot list devices: the database at db:10000 does not answer; start it with `tango database`, or check TANGO_HOST (API_CantConnectToDatabase)"
        )
    }

    @Test func aMissingControlSystemIsExplained() {
        #expect(
            Self.line(.tangoHostNotSet)
                == "tango: cannot read a/b/c/x: TANGO_HOST is not set; set it to host:port of the database or give --tango-host (`tango up` starts a control system) (API_TangoHostNotSet)"
        )
        #expect(
            Self.line(.tangoHostNotSet, "TANGO_HOST env. variable syntax incorrect").contains("TANGO_HOST is not of the form host:port;"))
    }

    @Test func aServerThatIsDownIsNamed() {
        let context = ErrorLine.Context(device: "a/b/c", server: "TangoTest/test", serverHost: "lab")
        #expect(
            Self.line(.deviceNotExported, "", context).contains(
                ": a/b/c is not running; start its server TangoTest/test on lab (API_DeviceNotExported)"))
        #expect(
            Self.line(.cantConnectToDevice, "", context).contains(
                ": the server of a/b/c does not answer; start its server TangoTest/test on lab ("))
        #expect(
            Self.line(.deviceNotExported, "", .init(server: "S/i", serverHost: "nada")).contains(
                "the device is not running; start its server S/i ("))
        #expect(Self.line(.deviceNotExported).contains("the device is not running; start its server ("))
    }

    @Test func anUnknownDeviceIsNamedWithItsDatabase() {
        let context = ErrorLine.Context(device: "a/b/c", host: TangoHost(host: "db", port: 1))
        #expect(
            Self.line(.databaseDeviceNotDefined, "x", context).contains("the database at db:1 knows no device a/b/c; `tango list` shows"))
        #expect(Self.line(.databaseAliasNotDefined, "x", .init(device: "motor")).contains("the database knows no alias motor ("))
    }

    @Test func aTimeoutSaysHowLongWasWaited() {
        #expect(Self.line(.deviceTimedOut, "x", .init(device: "a/b/c", timeout: 3)).contains("a/b/c did not answer within 3 s; --timeout"))
        #expect(Self.line(.commandTimedOut, "x", .init(timeout: 0.5)).contains("the device did not answer within 0.5 s;"))
        #expect(Self.line(.deviceTimedOut).contains("the device did not answer in time;"))
    }

    @Test func theLineIsOneLineWithoutControlCharacters() {
        #expect(Self.line("Own", "first\n  second\t\u{1B}[31m.") == "tango: cannot read a/b/c/x: first second \\x1b[31m (Own)")
        #expect(Self.line("Own", "Grüße...") == "tango: cannot read a/b/c/x: Grüße... (Own)")
        #expect(Self.line("Own", "") == "tango: cannot read a/b/c/x: it failed (Own)")
    }
}
