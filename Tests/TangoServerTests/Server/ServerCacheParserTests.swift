import TangoCore
import Testing

@testable import TangoServer

struct ServerCacheParserTests {
    private static func list(pipes: Bool) -> [String] {
        let pipe = pipes ? ["Cls", "0"] : []
        let devicePipe = pipes ? ["d/f/1", "1", "pi", "1", "label", "1", "Pi"] : []
        return (pipes ? ["release 1.13"] : [])
            + ["dserver/srv/1", "IOR:00", "6", "Srv/1", "host", "1", "12", "DServer"]
            + ["notifd/factory/host", "Not Found", "dserver/srv/1", "IOR:01", "6", "host", "1", "12"]
            + ["DServer", "1", "allowed", "2", "a", "b", "Default", "0", "dserver/srv/1", "1", "x", "1", "y", "Srv/1", "2"]
            + ["Cls", "1", "Doc_URL", "1", "http", "Cls", "1", "At", "1", "Unit", "1", "A"] + pipe
            + ["Cls", "1", "d/f/1", "d/f/1", "1", "Speed", "2", "1", "2", "d/f/1", "1", "At", "2", "label", "1", "L", "__value", "1", "3"]
            + devicePipe
            + ["Empty", "0", "Empty", "0"] + (pipes ? ["Empty", "0"] : []) + [
                "Empty", "0", "CtrlSystem", "1", "WAttrNaNAllowed", "1", "true",
            ]
    }

    @Test(arguments: [false, true])
    func aWholeListIsUnderstood(pipes: Bool) throws {
        var parser = ServerCacheParser(Self.list(pipes: pipes))
        let data = try #require(try parser.parse())
        #expect(data.runningAdmin == "IOR:00")
        #expect(data.devices.map(\.name) == ["d/f/1"] && data.devices.map(\.deviceClass) == ["Cls"])
        let configuration = data.devices[0].configuration
        #expect(configuration.properties == ["speed": ["1", "2"]] && configuration.classProperties == ["doc_url": ["http"]])
        #expect(configuration.attributeProperties == ["at": ["label": ["L"], "__value": ["3"]]])
        #expect(configuration.classAttributeProperties == ["at": ["unit": ["A"]]])
        #expect(data.adminConfiguration.properties == ["x": ["y"]] && data.classProperties["dserver"] == ["allowed": ["a", "b"]])
        #expect(data.controlSystemProperties == ["wattrnanallowed": ["true"]])
    }

    @Test(arguments: [false, true])
    func aCutListIsRefused(pipes: Bool) throws {
        let whole = Self.list(pipes: pipes)
        // Without the last block of five it is complete for older databases.
        for length in 0..<whole.count where length != whole.count - 5 {
            var parser = ServerCacheParser(Array(whole.prefix(length)))
            #expect(throws: ServerCacheParser.Malformed.self, "\(length)") { try parser.parse() }
        }
    }

    @Test func wrongCountsAreRefused() {
        let whole = Self.list(pipes: true)
        for index in whole.indices where Int(whole[index]) != nil {
            for wrong in ["-1", "x", "99999999999999999999", "1000"] {
                var list = whole
                list[index] = wrong
                var parser = ServerCacheParser(list)
                // Texts that are no counts may be anything; nothing may crash.
                _ = try? parser.parse()
            }
        }
    }

    @Test func anUnknownServerIsNoServer() throws {
        var parser = ServerCacheParser(["release 1.13", "dserver/no/1", "Not Found"])
        let data = try parser.parse()
        #expect(data == nil)
    }
}
