import TangoCore
import TangoWire

/// Returns lines of a black box whose clients' host names have to be looked up.
struct BlackBoxQuery: GatedOperation {
    private enum Phase {
        case resolving
        case finished([String])
    }

    /// Host names that have to be looked up.
    struct Suspension: Sendable {
        fileprivate let page: BlackBox.Page
    }

    var isSerialized: Bool { false }
    private let page: BlackBox.Page
    private var phase = Phase.resolving

    init(_ page: BlackBox.Page) {
        self.page = page
    }

    mutating func advance(_ runtime: DeviceRuntime) throws -> Progress<Suspension> {
        switch self.phase {
        case .resolving: .suspended(Suspension(page: self.page))
        case .finished(let lines): .finished(.strings(lines))
        }
    }

    mutating func resume(after suspension: Suspension, _ runtime: DeviceRuntime) async throws {
        let hosts = runtime.server.hosts
        let names = await withTaskGroup(of: (String, String).self) { group in
            for address in suspension.page.remoteHosts { group.addTask { (address, await hosts.name(of: address)) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        self.phase = .finished(suspension.page.lines(names))
    }
}
