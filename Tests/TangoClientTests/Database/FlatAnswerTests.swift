import TangoCore
import Testing

@testable import TangoClient

struct FlatAnswerTests {
    @Test func propertiesAreReadWithAndWithoutFillers() throws {
        let devices = ["a/b/c", "3", "one", "1", "v", "none", "0", " ", "two", "2", "x", "y"]
        #expect(
            try FlatAnswer.properties(devices, of: "DbGetDeviceProperty", hasFillers: true) == [
                DatabaseProperty(name: "one", values: ["v"]), DatabaseProperty(name: "none", values: nil),
                DatabaseProperty(name: "two", values: ["x", "y"]),
            ])
        let classes = ["C", "2", "none", "0", "one", "1", "v"]
        #expect(
            try FlatAnswer.properties(classes, of: "DbGetClassProperty", hasFillers: false) == [
                DatabaseProperty(name: "none", values: nil), DatabaseProperty(name: "one", values: ["v"]),
            ])
        for empty in [[], ["a/b/c"], ["a/b/c", "0"], ["a/b/c", "1", "lone"]] {
            #expect(try FlatAnswer.properties(empty, of: "DbGetDeviceProperty", hasFillers: true) == [])
        }
    }

    @Test func attributesAreReadWithTheirProperties() throws {
        let answer = ["a/b/c", "2", "At", "2", "unit", "1", "mm", "range", "2", "1", "2", "bare", "0"]
        #expect(
            try FlatAnswer.attributes(answer, of: "DbGetDeviceAttributeProperty2") == [
                DatabaseAttribute(
                    name: "At",
                    properties: [DatabaseProperty(name: "unit", values: ["mm"]), DatabaseProperty(name: "range", values: ["1", "2"])]),
                DatabaseAttribute(name: "bare", properties: []),
            ])
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "99999999999999999999", "2", "-1", "x", ""])
    func aNumberThatSaysMoreThanThereIsIsAFailure(count: String) {
        let answers = [["a/b/c", "1", "p", count, "v"], ["a/b/c", count, "p", count, "v"]]
        for answer in answers {
            let failure = #expect(throws: DevFailed.self) {
                try FlatAnswer.properties(answer, of: "DbGetDeviceProperty", hasFillers: true)
            }
            #expect(failure?.reason == .communicationFailed)
        }
        for answer in [["a/b/c", "1", "at", count, "p", "1"], ["a/b/c", "1", "at", "1", "p", count, "v"]] {
            #expect(throws: DevFailed.self) { try FlatAnswer.attributes(answer, of: "DbGetDeviceAttributeProperty2") }
        }
    }

    @Test func argumentsAreWrittenAsTheyAreRead() throws {
        let properties = [(name: "one", values: ["v"]), (name: "two", values: ["x", ""])]
        let argument = ["a/b/c"] + FlatAnswer.argument(properties, in: .deviceProperties("a/b/c")).map(\.readable)
        #expect(argument == ["a/b/c", "2", "one", "1", "v", "two", "2", "x", ""])
        let read = try FlatAnswer.properties(argument, of: "", hasFillers: true)
        #expect(read.map(\.name) == ["one", "two"] && read.map(\.values) == [["v"], ["x", ""]])
        let attribute = ["a/b/c", "1", "at"] + argument.dropFirst()
        #expect(try FlatAnswer.attributes(attribute, of: "").first?.properties == read)
    }
}
