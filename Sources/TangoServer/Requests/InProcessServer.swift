import Synchronization
import TangoClient
import TangoCore
import TangoIIOP
import TangoWire

/// Handles the calls that handlers of a server make on devices of the same server, in the calling task.
final class InProcessServer: Sendable {
    private struct Address: Hashable {
        var host: String
        var port: Int
    }

    private let dispatcher: RequestDispatcher
    private let addresses = Mutex<Set<Address>>([])
    private let first = Mutex<TangoHost?>(nil)
    private let isStarting = Atomic<Bool>(true)

    init(_ dispatcher: RequestDispatcher) {
        self.dispatcher = dispatcher
    }

    /// Adds addresses under which requests reach this server.
    func add(hosts: some Sequence<String>, port: Int) {
        self.first.withLock { first in
            guard first == nil, let host = hosts.first(where: { _ in true }) else { return }
            first = TangoHost(host: host, port: port)
        }
        self.addresses.withLock { addresses in
            for host in hosts { addresses.insert(Address(host: host.tangoFolded, port: port)) }
        }
    }

    /// Marks the end of the server's start; the black box distinguishes calls made before.
    func started() { self.isStarting.store(false, ordering: .relaxed) }

    func serves(_ endpoint: Endpoint) -> Bool {
        self.addresses.withLock { $0.contains(Address(host: endpoint.host.tangoFolded, port: endpoint.port)) }
    }

    func address(ofDevice name: String) -> TangoHost? {
        self.dispatcher.isKnown(objectKey: name) ? self.first.withLock { $0 } : nil
    }

    func call(objectKey: String, _ call: DeviceCall) async throws -> DeviceResult {
        let requester: BlackBox.Requester = self.isStarting.load(ordering: .relaxed) ? .initialization : .userThread
        switch await self.dispatcher.perform(call, objectKey: objectKey, requester: requester) {
        case .success(let result): return result
        case .failure(let exception as SystemException): throw TransportError.system(exception)
        case .failure(let failed as MultiDevFailed): throw TransportError.user(.multiDevFailed(failed))
        case .failure(let error): throw TransportError.user(.devFailed(DevFailed(wrapping: error)))
        }
    }
}
