import Testing

@testable import TangoClient

struct AccessRightCacheTests {
    @Test func anAnswerToAnEarlierQueryIsNotKept() {
        let cache = AccessRightCache(isRestricted: true)
        #expect(!cache.mayWrite)
        let query = cache.current.period
        cache.forget()
        cache.keep(.write, queriedIn: query)
        #expect(cache.current.right == nil)
        #expect(!cache.mayWrite)
        cache.keep(.write, queriedIn: cache.current.period)
        #expect(cache.mayWrite)
        cache.forget()
        #expect(cache.current.right == nil)
        #expect(!cache.mayWrite)
    }

    @Test func withoutAServiceEverythingIsAllowedForEver() {
        let cache = AccessRightCache(isRestricted: false)
        cache.forget()
        #expect(cache.mayWrite)
    }
}
