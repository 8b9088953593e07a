import TangoClient
import TangoCore
import TangoTestSupport
import Testing

@testable import TangoServer

private func number(_ name: String, _ value: Int32 = 1) -> AttributeDefinition {
    AttributeDefinition(name: name, type: .long, reader: .sync { _ in AttributeReading(.long([value]), dimension: .scalar) })
}

private func echo(_ name: String, _ type: DataType = .long) -> CommandDefinition {
    CommandDefinition(CommandInfo(name: name, inType: type, outType: type), handler: .sync { _, argument in argument })
}

struct DynamicTests {
    private func run(_ body: (DeviceContext, DeviceProxy) async throws -> Void) async throws {
        try await TestServer.run([BenchDevice.deviceClass()], devices: ["t/a/1", "t/a/2"]) { test in
            try await body(try test.context(), try await test.device())
        }
    }

    @Test func anAddedAttributeIsVisibleAtOnceBeforeStateAndStatus() async throws {
        try await self.run { (context, device) async throws in
            try context.addAttribute(number("New", 5))
            #expect(try await device.readAttribute("new").data == .long([5]))
            #expect(try await device.attributeConfigs().suffix(3).map(\.name) == ["New", "State", "Status"])
            try context.removeAttribute("NEW")
            let gone = await #expect(throws: DevFailed.self) { try await device.readAttribute("new") }
            #expect(gone?.reason == .attributeNotFound)
        }
    }

    @Test func conflictsOfAttributeNames() async throws {
        try await self.run { (context, _) async throws in
            try context.addAttribute(number("new"))
            // The same again changes nothing.
            try context.addAttribute(number("NEW", 99))
            try context.addAttribute(AttributeDefinition(name: "state", type: .state))
            for definition in [
                AttributeDefinition(name: "NEW", type: .double),
                AttributeDefinition(name: "new", type: .long, format: .spectrum, maxDimX: 3),
                AttributeDefinition(name: "new", type: .long, access: .readWrite), AttributeDefinition(name: "state", type: .string),
                AttributeDefinition(name: "plain", type: .string),
            ] {
                let failure = #expect(throws: DevFailed.self) { try context.addAttribute(definition) }
                #expect(failure?.reason == .attributeNotFound)
                #expect(
                    failure?.reasonDescription
                        == "Device t/a/1 -> Attribute \(definition.name) already exists for your device but with other definition\n(data type, data format or data write type)"
                )
            }
            for name in ["unknown", "State", "Status"] {
                let failure = #expect(throws: DevFailed.self) { try context.removeAttribute(name) }
                #expect(failure?.errors.map(\.reason) == [.attributeProperty, .attributeNotFound])
                #expect(failure?.reasonDescription == "Attribute \(name) not found in class attribute(s)")
                #expect(
                    failure?.errors.last?.description == "Attribute \(name) is not defined as attribute for your device.\nCan't remove it")
            }
            try context.removeAttribute("plain")
        }
    }

    @Test func commandsComeAndGo() async throws {
        try await self.run { (context, device) async throws in
            try context.addCommand(echo("Abc"))
            try context.addCommand(echo("abc"))
            #expect(try await device.command("ABC", .long(3)) == .long(3))
            let list = try await device.commandList().map(\.name)
            #expect(list.last == "Abc")
            #expect(list.dropLast().elementsEqual(list.dropLast().sorted()))
            let conflict = #expect(throws: DevFailed.self) { try context.addCommand(echo("ABC", .double)) }
            #expect(conflict?.reason == .commandNotFound)
            try context.removeCommand("abc")
            #expect(await device.commandFailure("Abc")?.reason == .commandNotFound)
            for name in ["Abc", "Init", "State"] {
                let failure = #expect(throws: DevFailed.self) { try context.removeCommand(name) }
                #expect(
                    failure?.errors.map(\.description) == [
                        "\(name) command not found", "Command \(name) is not defined as a command for your device.\nCan't remove it",
                    ])
            }
        }
    }

    @Test func pipesComeAndGo() async throws {
        try await self.run { (context, device) async throws in
            context.addPipe(PipeDefinition(PipeConfig(name: "Pi"), reader: .sync { _ in BenchDevice.blob }))
            #expect(try await device.readPipe("pi").name == "Pi")
            #expect(try await device.pipeConfigs().map(\.name) == ["pipe", "readOnlyPipe", "Pi"])
            try context.removePipe("PI")
            #expect(throws: DevFailed.self) { try context.removePipe("pi") }
        }
    }

    @Test func membersChangeWhileClientsRead() async throws {
        try await self.run { (context, device) async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<4 {
                    group.addTask {
                        for round in 0..<100 {
                            let name = "d\(task)_\(round % 7)"
                            try context.addAttribute(number(name, Int32(task)))
                            try context.addCommand(echo(name))
                            context.addPipe(PipeDefinition(PipeConfig(name: name), reader: .sync { _ in BenchDevice.blob }))
                            await Task.yield()
                            try context.removeAttribute(name)
                            try context.removeCommand(name)
                            try context.removePipe(name)
                        }
                    }
                    group.addTask {
                        for round in 0..<60 {
                            let value = try await device.readAttributes(["d\(task)_\(round % 7)", "plain"])
                            #expect(
                                value[0].failure == nil
                                    ? value[0].data == .long([Int32(task)]) : value[0].failure?.reason == .attributeNotFound)
                            #expect(value[1].data == .double([2]))
                            #expect(try await device.attributeConfigs().suffix(2).map(\.name) == ["State", "Status"])
                            _ = try await device.commandList()
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await device.attributeConfigs().count == BenchDevice.deviceClass().attributes.count + 2)
        }
    }

    @Test func ofTwoTasksThatAddTheSameNameOneWins() async throws {
        try await self.run { (context, _) async throws in
            for round in 0..<200 {
                async let first = Result { try context.addAttribute(AttributeDefinition(name: "n\(round)", type: .long)) }
                async let second = Result { try context.addAttribute(AttributeDefinition(name: "N\(round)", type: .double)) }
                let failures = await [first, second].filter { if case .failure = $0 { true } else { false } }
                #expect(failures.count == 1)
            }
        }
    }

    @Test func tenThousandAttributes() async throws {
        try await self.run { (context, device) async throws in
            for index in 0..<10_000 { try context.addAttribute(number("many\(index)", Int32(index))) }
            #expect(try await device.attributeConfigs().count > 10_000)
            let names = (0..<10_000).map { "MANY\($0)" }
            let values = try await device.readAttributes(names)
            #expect(values.map(\.data) == (0..<10_000).map { .long([Int32($0)]) })
            for index in 0..<10_000 where index % 2 == 0 { try context.removeAttribute("many\(index)") }
            #expect(try await device.readAttribute("many9999").data == .long([9999]))
            for index in 0..<10_000 where index % 2 == 1 { try context.removeAttribute("many\(index)") }
            #expect(try await device.attributeConfigs().count == BenchDevice.deviceClass().attributes.count + 2)
        }
    }

    @Test func theTableKeepsOrderThroughRemovals() {
        var table = OrderedTable<Int>()
        for number in 0..<1000 { table.set(number, for: "n\(number)") }
        for number in 0..<1000 where number % 10 != 0 { table.remove("N\(number)") }
        table.set(-1, for: "n500")
        table.set(1000, for: "n1")
        #expect(table.members == (0..<100).map { $0 == 50 ? -1 : $0 * 10 } + [1000])
        #expect(table.count == 101 && table["N990"] == 990 && table["n2"] == nil)
        let again = table.remove("n2")
        #expect(again == nil)
    }
}

/// Definitions that cannot be attributes.
struct DefinitionTests {
    @Test(arguments: [
        (AttributeDefinition(name: "a", type: .state, access: .readWrite, memorization: .memorized), "API_AttrWrongDefined"),
        (AttributeDefinition(name: "a", type: .encoded, access: .readWrite, memorization: .memorized), "API_AttrWrongDefined"),
        (
            AttributeDefinition(name: "a", type: .double, format: .spectrum, access: .readWrite, maxDimX: 3, memorization: .memorized),
            "API_AttrWrongDefined"
        ),
        (AttributeDefinition(name: "a", type: .double, memorization: .memorizedWriteAtInit), "API_AttrWrongDefined"),
        (
            AttributeDefinition(name: "a", type: .double, properties: [.minValue: "abc"]),
            "API_IncompatibleAttrDataType"
        ),
        (
            AttributeDefinition(name: "a", type: .long, properties: [.minAlarm: "5", .maxAlarm: "5"]),
            "API_IncoherentValues"
        ),
    ])
    func aWrongDefinitionIsRefusedAndNothingIsAdded(definition: AttributeDefinition, reason: String) async throws {
        try await TestServer.run([DeviceClass("Plain", PlainDevice.self)], devices: ["t/a/1"]) { test in
            let context = try test.context()
            for scope in [MemberScope.device, .deviceClass] {
                let failure = #expect(throws: DevFailed.self) { try context.addAttribute(definition, to: scope) }
                #expect(failure?.reason.rawValue == reason)
            }
            #expect(context.attributeNames == ["State", "Status"])
        }
    }

    @Test func aServerWithAWrongDefinitionDoesNotStart() async throws {
        let deviceClass = DeviceClass("Wrong", PlainDevice.self) {
            AttributeDefinition(name: "crossed", type: .double, properties: [.minValue: "2", .maxValue: "1"])
        }
        let failure = await #expect(throws: ServerStartError.self) {
            try await TestServer.run([deviceClass], devices: ["t/a/1"]) { _ in }
        }
        #expect(
            failure?.description
                == "Class Wrong: User default property min_value for attribute : crossed is greater then or equal max_value")
    }
}
