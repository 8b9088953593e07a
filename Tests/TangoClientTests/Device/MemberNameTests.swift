import Synchronization
import TangoCore
import TangoWire
import Testing

@testable import TangoClient

/// Names of members are sent in the bytes in which the device lists them.
@Suite struct MemberNameTests {
    private static let (latin1, utf8) = ("L\u{E4}nge", "Gr\u{C3}\u{B6}\u{C3}\u{9F}e")

    private func run(_ body: (FakeDevice, DeviceProxy) async throws -> Void) async throws {
        try await FakeDevice.run(version: 5, names: [Self.latin1, Self.utf8, "plain"], body)
    }

    private func last(_ fake: FakeDevice) -> [String]? { fake.calls.withLock { $0.last?.memberNames?.names } }

    @Test func attributesInLatin1AreRead() async throws {
        try await self.run { fake, device in
            let values = try await device.readAttributes(["länge", "Größe", "plain"])
            #expect(self.last(fake) == [Self.latin1, Self.utf8, "plain"])
            #expect(values.map(\.name) == ["Länge", "Größe", "plain"])
            // The names of the device were requested once.
            _ = try await device.readAttributes(["Länge"])
            try await device.writeAttribute(AttributeWrite(name: "Länge", data: .long([1])))
            #expect(self.last(fake) == [Self.latin1])
            #expect(fake.operations.count { $0 == "get_attribute_config_5" } == 1)
        }
    }

    @Test func commandsAndPipesInLatin1AreFound() async throws {
        try await self.run { fake, device in
            _ = try await device.command("Länge")
            #expect(self.last(fake) == [Self.latin1])
            _ = try await device.readPipe("Länge")
            #expect(self.last(fake) == [Self.latin1])
            _ = try await device.command("Größe")
            #expect(self.last(fake) == [Self.utf8])
        }
    }

    @Test func namesTheDeviceDoesNotListAreUTF8() async throws {
        try await self.run { fake, device in
            _ = try await device.readAttributes(["Höhe"])
            #expect(self.last(fake) == ["H\u{C3}\u{B6}he"])
            // Neither ASCII nor letters beyond Latin-1 can be in other bytes: nothing is requested.
            let before = fake.operations.count
            _ = try await device.readAttributes(["plain", "Ω"])
            #expect(fake.operations.count == before + 1)
        }
    }

    @Test func ofTwoNamesThatReadTheSameTheOneInUTF8IsMeant() async throws {
        for names in [["h\u{F6}he", "h\u{C3}\u{B6}he"], ["h\u{C3}\u{B6}he", "h\u{F6}he"]] {
            try await FakeDevice.run(version: 5, names: names) { fake, device in
                _ = try await device.readAttributes(["höhe"])
                #expect(self.last(fake) == ["h\u{C3}\u{B6}he"])
            }
        }
    }
}
