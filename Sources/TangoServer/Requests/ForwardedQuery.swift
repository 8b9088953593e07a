import TangoCore
import TangoWire

/// What a device answers without its gate and, because of its forwarded attributes, has to ask other devices for.
struct RootQuery: GatedOperation {
    enum Question: Sendable {
        case configs([String], version: Int)
        case history(String, count: Int)
    }

    var isSerialized: Bool { false }
    private let question: Question
    private var answer: DeviceResult?

    init(_ question: Question) {
        self.question = question
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        if let answer = self.answer { return .finished(answer) }
        switch self.question {
        case .configs(let names, let version):
            return .await(
                .forward {
                    await runtime.refreshRoots(names)
                    return .attributeConfigs(try runtime.attributeConfigs(names, version))
                })
        case .history(let name, let count):
            guard let attribute = runtime.attribute(name), let root = attribute.root else {
                return .finished(.attributeHistory(try runtime.attributeHistory(name, count)))
            }
            return .await(
                .forward {
                    .attributeHistory(try await root.history(as: attribute.name, count: count, asked: name, of: runtime.name))
                })
        }
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if case .answer(let answer) = try result.get() { self.answer = answer }
    }
}
