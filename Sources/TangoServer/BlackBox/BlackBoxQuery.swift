import TangoCore
import TangoWire

/// The lines of a black box that names hosts the name service has to be asked for.
struct BlackBoxQuery: GatedOperation {
    var isSerialized: Bool { false }
    private let page: BlackBox.Page
    private var answer: DeviceResult?

    /// - Returns: `nil` when the kernel can answer at once.
    init?(_ count: Int, _ box: BlackBox) {
        guard let page = try? box.page(count), !page.remoteHosts.isEmpty else { return nil }
        self.page = page
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Advance {
        if let answer = self.answer { return .finished(answer) }
        let page = self.page
        let hosts = runtime.server.hosts
        return .await(
            .forward {
                let names = await withTaskGroup(of: (String, String).self) { group in
                    for address in page.remoteHosts { group.addTask { (address, await hosts.name(of: address)) } }
                    return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
                }
                return .strings(page.lines(names))
            })
    }

    mutating func resume(_ result: Result<StepResult, any Error>, _ runtime: DeviceRuntime) throws {
        if case .answer(let answer) = try result.get() { self.answer = answer }
    }
}
