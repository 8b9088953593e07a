import TangoCore
import Testing

@testable import TangoClient

@Suite struct TraceTests {
    @Test func theTraceOfATaskGoesToDevicesThatUnderstandIt() throws {
        let trace = try #require(
            TraceContext(traceParent: "00-2835adb113ad3c66e0cd1efd2fc0e2e7-5cffea55749f4634-03", traceState: "a=1"))
        TraceContext.$current.withValue(trace) {
            guard case .cpp6(_, let parent, let state) = DeviceProxy.identity(6) else {
                Issue.record("no trace")
                return
            }
            #expect(parent == trace.traceParent && state == "a=1")
            // A server of old cannot read it.
            for version in 1...5 {
                guard case .cpp = DeviceProxy.identity(version) else {
                    Issue.record("a trace to a device of interface \(version)")
                    return
                }
            }
        }
        guard case .cpp = DeviceProxy.identity(6) else {
            Issue.record("a trace from nowhere")
            return
        }
    }
}
