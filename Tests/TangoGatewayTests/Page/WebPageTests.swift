import HTTPTypes
import Logging
import TangoClient
import TangoCore
import Testing

@testable import TangoGateway

@Suite struct WebPageTests {
    private func respond(_ target: String, _ method: HTTPRequest.Method = .get, _ headers: HTTPFields = [:]) async -> GatewayResponse {
        var head = HTTPRequest(method: method, scheme: "http", authority: "server:1", path: target)
        head.headerFields = headers
        let services = GatewayServices(
            configuration: GatewayConfiguration(), controlSystem: ControlSystem(), logger: Logger(label: "test"))
        return await Responder(services: services).respond(to: GatewayRequest(head: head, trustsForwarded: false))
    }

    private func text(_ file: WebPage) -> String { String(decoding: file.bytes, as: UTF8.self) }

    @Test(arguments: WebPage.allCases) func everyFileIsServedUnderThePolicy(file: WebPage) async {
        let target = file == .index ? "/" : "/page/\(file.rawValue)"
        let response = await self.respond(target)
        #expect(response.status == .ok)
        #expect(response.body.bytes == file.bytes && !response.body.bytes.isEmpty)
        #expect(response.headers[.contentType] == file.contentType)
        #expect(response.headers[.contentSecurityPolicy] == WebPage.policy)
        #expect(response.headers[.xContentTypeOptions] == "nosniff")
        // It is cached and validated each time, since the files of one version belong together.
        #expect(response.headers[.cacheControl]?.contains("max-age=0") == true)
        let again = await self.respond(target, .get, [.ifNoneMatch: response.headers[.eTag] ?? ""])
        #expect(again.status == .notModified && again.body.bytes.isEmpty)
        #expect(await self.respond(target, .head).headers[.contentLength] == String(file.bytes.count))
        #expect(await self.respond(target, .put).status == .methodNotAllowed)
    }

    @Test func whatThePageNeedsIsServed() {
        let names = WebPage.allCases.map(\.rawValue)
        let page = self.text(.index)
        let linked = page.matches(of: /(?:href|src)="page\/([^"]+)"/).map { String($0.1) }
        #expect(Set(linked) == ["style.css", "icon.svg", "main.js"])
        let imported = WebPage.allCases.filter { $0.rawValue.hasSuffix(".js") }.flatMap { file in
            self.text(file).matches(of: /from "\.\/([^"]+)"/).map { String($0.1) }
        }
        #expect(!imported.isEmpty)
        #expect(Set(linked + imported + ["index.html"]) == Set(names))
    }

    @Test func thePageKnowsItsVersion() {
        #expect(self.text(.index).contains("content=\"swift-tango \(Product.version)\""))
    }

    @Test func nothingInThePageIsAgainstThePolicy() {
        let page = self.text(.index)
        #expect(!page.contains(#/<script(?![^>]*src=)/#))
        #expect(!page.contains("<style"))
        #expect(!page.contains(#/\s(on[a-z]+|style)=/#))
        for file in WebPage.allCases where file.rawValue.hasSuffix(".js") {
            let code = self.text(file)
            for word in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("] {
                #expect(!code.contains(word), "\(file.rawValue) uses \(word)")
            }
        }
    }

    @Test func otherNamesAreNotFound() async {
        for target in ["/page", "/page/", "/page/nothing.js", "/page/../Package.swift", "/page/style.css/x", "/style.css"] {
            #expect(await self.respond(target).status == .notFound, "\(target)")
        }
    }
}
