import Synchronization

private let givenPorts = Mutex<Set<Int>>([])

/// Returns a port nobody listens at just now, another one at each call of this process.
package func freePort() throws -> Int {
    for _ in 0..<100 {
        let port = try SilentListener().port
        if givenPorts.withLock({ $0.insert(port).inserted }) { return port }
    }
    throw PeerFailure("no free port")
}
