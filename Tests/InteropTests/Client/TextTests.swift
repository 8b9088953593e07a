import Foundation
import TangoClient
import TangoCore
import TangoServer
import TangoTestSupport
import Testing

/// Texts with letters beyond ASCII between ours and the peers (`Compatibility T`).
@Suite(.serialized, .enabled(if: Peers.missing == nil, "the C++ and Python peers are not installed")) struct TextTests {
    private static let expected = [
        "°C", "Größe in µm", "Ω und ℃", "mA", "µA", "℃", "Tür offen, 5 °C", "é", "Öl ÿ", "zu heiß: 90 °C", "Größe", "Länge in µm",
        "Fläche in µm²", "für é", "5 °C", "℃", "µm²",
    ]

    /// What our client reads, in the order of `expected`.
    private static func texts(_ device: DeviceProxy) async throws -> [String] {
        let temperature = try await device.attributeConfig("Temperature")
        var texts = [temperature.unit, temperature.label, temperature.description]
        texts += try await device.attributeConfig("Scale").enumLabels
        texts.append(try await device.status())
        texts.append(try await device.read("Note", as: String.self).value)
        try await device.write("Note", "Öl ÿ")
        texts.append(try await device.read("Note", as: String.self).value)
        try await device.write("Note", "é")
        let error = try await device.readAttributes(["Broken"]).first?.errors.first
        texts += [error?.description ?? "", error?.origin ?? ""]
        let echo = try await device.commandInfo("Echo")
        texts += [echo.inDescription, echo.outDescription]
        texts.append(try await device.command("Echo", "für é", as: String.self))
        let database = try #require(device.database)
        try await database.putProperties(ofDevice: device.name, [(name: "größe", values: ["5 °C", "℃"])])
        texts += try await database.properties(ofDevice: device.name, names: ["größe"]).first?.values ?? []
        var changed = temperature
        changed.unit = "µm²"
        try await device.setAttributeConfigs([changed])
        texts.append(try await device.attributeConfig("Temperature").unit)
        try await device.setAttributeConfigs([temperature])
        return texts
    }

    /// Library, command line and REST give the same texts of a device.
    private static func check(_ device: String, in system: PeerSystem) async throws {
        let proxy = try await system.client.device(device)
        #expect(try await Self.texts(proxy) == Self.expected)

        let python = try await system.python("texts.py", [device])
        #expect(python.status == 0)
        #expect(Self.utf8(python.output).split(separator: "\n").map(String.init) == Self.expected)

        let attributes = Self.utf8(try await system.tango(["attributes", device]).output)
        for text in ["°C", "Größe in µm", "Ω und ℃"] { #expect(attributes.contains(text), "\(attributes)") }
        #expect(Self.utf8(try await system.tango(["state", device, "--status"]).output).contains("Tür offen, 5 °C"))
        #expect(Self.utf8(try await system.tango(["read", device, "Broken"]).output).contains("zu heiß: 90 °C"))
        _ = try await system.tango(["write", device, "Note", "Öl"])
        #expect(Self.utf8(try await system.tango(["read", device, "Note"]).output).contains("Öl"))
        #expect(try await proxy.read("Note", as: String.self).value == "Öl")
        #expect(Self.utf8(try await system.tango(["command", device, "Echo", "é"]).output).contains("é"))

        let (gateway, host) = try await system.startGateway()
        let url = "\(host)/devices/\(device)"
        let info = try await PeerSystem.http("\(url)/attributes/Temperature/info")
        for text in ["°C", "Größe in µm", "Ω und ℃"] { #expect(Self.utf8(info.body).contains("\"\(text)\""), "\(info.body)") }
        let put = try await PeerSystem.http("\(url)/attributes/Note/value?v=%C3%A9", ["-X", "PUT"])
        #expect(put.status == 200)
        #expect(try await proxy.read("Note", as: String.self).value == "é")
        let property = try await PeerSystem.http("\(url)/properties/gr%C3%B6%C3%9Fe")
        #expect(Self.utf8(property.body).contains("5 °C"), "\(property.body)")
        await gateway.stop()
    }

    /// Output of a program, which `PeerProcess` gives byte by byte.
    private static func utf8(_ output: String) -> String {
        String(decoding: output.data(using: .isoLatin1) ?? Data(output.utf8), as: UTF8.self)
    }

    @Test func textsOfOurServerAreThoseOfPyTango() async throws {
        try await PeerSystem.withOurs { system, _ in
            let ours = try await system.startInProcess(LettersDevice.deviceClass, name: "Letters", device: "test/letters/swift")
            let theirs = try await system.startServer(
                Peers.python, [Peers.script("peers/servers/textserver.py")], server: "Letters/python", device: "test/letters/python",
                deviceClass: "Letters")
            try await Self.check("test/letters/python", in: system)
            try await Self.check("test/letters/swift", in: system)
            await theirs.stop()
            await ours.stop()
        }
    }

    @Test func metadataOfACppServerIsUTF8ForEverybody() async throws {
        try await PeerSystem.withCpp { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let device = try await system.client.device("test/cpp/1")
            var config = try await device.attributeConfig("ampli")
            config.unit = "µm²"
            try await device.setAttributeConfigs([config])
            #expect(try await device.attributeConfig("ampli").unit == "µm²")
            let added = try await PeerProcess.run(
                Peers.tangoAdmin, ["--add-property", "test/cpp/1", "note", "°C"], environment: system.environment)
            #expect(added.status == 0)
            #expect(try await device.database?.properties(ofDevice: "test/cpp/1", names: ["note"]).first?.values == ["°C"])
            await cpp.stop()
        }
    }

    @Test func everyByteOfATextSurvives() async throws {
        try await PeerSystem.withOurs { system, _ in
            let cpp = try await system.startCppTangoTest("test/cpp/1")
            let ours = try await system.startOurTangoTest("test/swift/1")
            var options = ClientOptions()
            options.keepsWireTexts = true
            let client = ControlSystem(host: system.host, options: options)
            let texts = [
                String(String.UnicodeScalarView((1...255).compactMap { Unicode.Scalar($0) })), "\u{C3}\u{A9}", "\u{E9}", "\u{CE}\u{A9}",
                // Would be U+0100, which the store uses itself.
                "\u{C4}\u{80}",
            ]
            for name in ["test/cpp/1", "test/swift/1"] {
                let device = try await client.device(name)
                for text in texts {
                    _ = try await device.writeAttributes([AttributeWrite(name: "string_scalar", data: .string([text]))])
                    #expect(try await device.readAttributes(["string_scalar"]).first?.readData == .string([text]), "\(name)")
                    #expect(try await device.command("DevString", .string(text)) == .string(text), "\(name)")
                    var config = try await device.attributeConfig("ampli")
                    config.unit = text
                    try await device.setAttributeConfigs([config])
                    #expect(try await device.attributeConfig("ampli").unit == text, "\(name)")
                    try await client.database().putProperties(ofDevice: name, [(name: "note", values: [text])])
                    #expect(try await client.database().properties(ofDevice: name, names: ["note"]).first?.values == [text], "\(name)")
                }
            }
            await client.shutdown()
            await cpp.stop()
            await ours.stop()
        }
    }
}
