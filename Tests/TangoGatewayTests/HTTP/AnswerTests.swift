import TangoCore
import Testing

@testable import TangoGateway

@Suite struct AnswerTests {
    @Test func largeAnswersAreRecognized() {
        let list = JSONValue.array((0..<100).map { .integer($0) })
        #expect(!Answer.Content.json(list).isLarge)
        #expect(Answer.Content.json(.array(Array(repeating: list, count: 200))).isLarge)
        #expect(!Answer.Content.deferred(elementCount: Answer.Content.largeSize) { .none }.isLarge)
        #expect(Answer.Content.deferred(elementCount: Answer.Content.largeSize + 1) { .none }.isLarge)
    }
}
