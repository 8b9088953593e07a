import TangoCore
import Testing

@Suite struct TraceContextTests {
    private static let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func aTraceIsReadAndWrittenAlike() throws {
        let trace = try #require(TraceContext(traceParent: Self.text, traceState: "a=1,b@c=2"))
        #expect(trace.traceParent == Self.text)
        #expect(trace.traceIDText == "0af7651916cd43dd8448eb211c80319c" && trace.spanIDText == "b7ad6b7169203331")
        #expect(trace.isSampled && !trace.isRandom && trace.state == "a=1,b@c=2")
    }

    @Test(arguments: [
        "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0x", "00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01x", "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01, 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ])
    func whatBreaksTheRulesIsNoTrace(text: String) {
        #expect(TraceContext(traceParent: text) == nil)
    }

    @Test func laterVersionsAreReadAsFarAsTheyAreKnown() throws {
        let trace = try #require(TraceContext(traceParent: "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff-what-comes"))
        // Flags that nobody knows are not passed on.
        #expect(trace.traceParent == "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03")
    }

    @Test(arguments: ["=1", "novalue", "a=1,b", "a=\u{e9}", String(repeating: "a=1,", count: 33)])
    func aBadStateIsLeftOut(state: String) {
        #expect(TraceContext(traceParent: Self.text, traceState: state)?.state == "")
    }

    @Test func anotherOperationOfATraceHasAnotherName() throws {
        let trace = try #require(TraceContext(traceParent: Self.text, traceState: "a=1"))
        let child = trace.child()
        #expect(child.traceID == trace.traceID && child.state == "a=1" && child.isSampled)
        #expect(child.spanID != trace.spanID && child.spanID != 0)
        #expect(TraceContext(traceParent: TraceContext.random().traceParent) != nil)
    }
}
