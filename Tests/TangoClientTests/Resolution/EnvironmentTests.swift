import TangoCore
import Testing

@testable import TangoClient

struct EnvironmentTests {
    private let file = """
        # TANGO_HOST=commented:1
        TANGO_HOSTS=wrong:2
          TANGO_HOST = here:10000   # behind

        EMPTY=
        EMPTY=second
        WITH_EQUALS=a=b
        TANGO_HOST=later:3
        """

    @Test(arguments: [("TANGO_HOST", "here:10000"), ("EMPTY", "second"), ("WITH_EQUALS", "a=b"), ("tango_host", nil), ("NOWHERE", nil)])
    func filesAreReadLineByLine(name: String, value: String?) {
        #expect(TangoEnvironment.value(name, in: self.file) == value)
    }

    @Test func windowsLineEndsAreFine() {
        #expect(TangoEnvironment.value("A", in: "B=1\r\nA=2\r\n") == "2")
    }
}
