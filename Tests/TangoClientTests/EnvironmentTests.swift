import TangoCore
import Testing

@testable import TangoClient

@Suite struct EnvironmentTests {
    @Test func settingsAreFoundInFilesOfNamesAndValues() {
        let text = "# TANGO_HOST=no:1\n  TANGO_HOST = host:10000  # ours\nOTHER=\nTANGO_LOG_PATH=/x=y\n"
        #expect(TangoEnvironment.value("TANGO_HOST", in: text) == "host:10000")
        #expect(TangoEnvironment.value("OTHER", in: text) == nil)
        #expect(TangoEnvironment.value("TANGO_LOG_PATH", in: text) == "/x=y")
        #expect(TangoEnvironment.value("TANGO", in: text) == nil)
    }
}
