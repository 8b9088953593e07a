import TangoCore
import TangoServer

extension EventTarget {
    @MemberBuilder<EventTarget>
    static var valueCommands: [Member] {
        Command("SetValue") { (device, texts: [String]) in
            let texts = try Self.texts(texts, 2)
            _ = try device.store(texts[0], texts[1])
        }
        Command("SetMode") { (device, mode: String) in try device.setMode(mode) }
    }

    @MemberBuilder<EventTarget>
    static var pushCommands: [Member] {
        Command("Push") { (device, texts: [String]) in
            let texts = try Self.texts(texts, 3)
            try device.context.push(try Self.kind(texts[0]), attribute: texts[1], try device.store(texts[1], texts[2]))
        }
        Command("PushTimed") { (device, texts: [String]) in
            let texts = try Self.texts(texts, 5)
            var reading = try device.store(texts[1], texts[2])
            guard let quality = AttributeQuality.allCases.first(where: { $0.name == "ATTR_\(texts[3].uppercased())" }),
                let seconds = Double(texts[4]), let whole = Int32(exactly: seconds.rounded(.down))
            else { throw Self.wrong("\(texts)") }
            reading.quality = quality
            reading.time = Timestamp(seconds: whole, microseconds: Int32(((seconds - seconds.rounded(.down)) * 1_000_000).rounded()))
            try device.context.push(try Self.kind(texts[0]), attribute: texts[1], reading)
        }
        Command("PushError") { (device, texts: [String]) in
            let texts = try Self.texts(texts, 4)
            let failure = DevFailed(ErrorReason(rawValue: texts[2]), texts[3], origin: "EventTarget")
            try device.context.push(try Self.kind(texts[0]), attribute: texts[1], failure: failure)
        }
        Command("PushDataReady") { (device, texts: [String]) in
            let texts = try Self.texts(texts, 2)
            guard let counter = Int32(texts[1]) else { throw Self.wrong(texts[1]) }
            try device.context.pushDataReady(attribute: texts[0], counter: counter)
        }
        Command("PushPipe") { (device, numbers: [Int32]) in
            let blob = PipeBlob(name: "event", elements: Self.blob(count: try Self.numbers(numbers, 1)[0], label: "pushed"))
            try device.context.push(pipe: "EventPipe", blob)
        }
        Command("PushMany") { (device, numbers: [Int32]) in
            let numbers = try Self.numbers(numbers, 2)
            try await Self.pushMany(device.context, count: numbers[0], period: numbers[1])
        }
        Command("PushFromThread") { (device, numbers: [Int32]) in
            let (context, numbers) = (device.context, try Self.numbers(numbers, 2))
            Task.detached { try await Self.pushMany(context, count: numbers[0], period: numbers[1]) }
        }
        Command("PushFromThreadAndWait") { (device, numbers: [Int32]) in
            let (context, numbers) = (device.context, try Self.numbers(numbers, 2))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await Self.pushMany(context, count: numbers[0], period: numbers[1]) }
                group.addTask { try await Task.sleep(for: .seconds(10)) }
                _ = try await group.next()
                group.cancelAll()
            }
        }
    }

    @MemberBuilder<EventTarget>
    static var memberCommands: [Member] {
        Command("AddAttributes") { (device, names: [String]) in
            for name in names {
                try device.context.addAttribute(Attribute(name, of: EventTarget.self, Double.self, absoluteChange: 1).read { _ in 2.5 })
            }
        }
        Command("RemoveAttributes") { (device, names: [String]) in
            for name in names { try device.context.removeAttribute(name) }
        }
        Command("AddCommand") { (device, name: String) in
            try device.context.addCommand(Command(name, of: EventTarget.self) { _ in })
        }
        Command("RemoveCommand") { (device, name: String) in try device.context.removeCommand(name) }
    }

    /// Pushes change events of PushScalar with 1, 2, …
    /// - Parameter period: time between them, in microseconds.
    private static func pushMany(_ context: DeviceContext, count: Int32, period: Int32) async throws {
        guard count > 0 else { return }
        var next = ContinuousClock.now
        for number in 1...count {
            try context.push(.change, "PushScalar", Double(number))
            guard period > 0 else { continue }
            next += .microseconds(Int64(period))
            try await Task.sleep(until: next)
        }
    }

    // MARK: - Arguments

    private static func kind(_ name: String) throws -> PushKind {
        switch name {
        case "change": .change
        case "archive": .archive
        case "user": .user
        case "alarm": .alarm
        default: throw Self.wrong(name)
        }
    }

    private static func texts(_ texts: [String], _ count: Int) throws -> [String] {
        guard texts.count == count else { throw Self.wrong("\(texts)") }
        return texts
    }

    private static func numbers(_ numbers: [Int32], _ count: Int) throws -> [Int32] {
        guard numbers.count == count else { throw Self.wrong("\(numbers)") }
        return numbers
    }
}
