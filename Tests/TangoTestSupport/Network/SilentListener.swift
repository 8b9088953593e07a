import Foundation

/// A port that takes connections and never says anything.
package final class SilentListener: Sendable {
    package let port: Int
    private let descriptor: Int32

    package init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0 && listen(descriptor, 8) == 0
            }
        }
        guard isListening else { throw PeerFailure("no free port") }
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    deinit { close(self.descriptor) }

    /// Returns when somebody has connected.
    package func accepted() async {
        let descriptor = self.descriptor
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                _ = accept(descriptor, nil, nil)
                continuation.resume()
            }
        }
    }
}
