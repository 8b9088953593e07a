import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Simulates a vendor's library: every call blocks its thread while the hardware works.
final class CameraDriver: Sendable {
    let width: Int
    let height: Int
    private let state = Mutex((gain: 1.0, temperature: -20.0))

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    func readTemperature() -> Double {
        usleep(2000)
        return self.state.withLock { $0.temperature }
    }

    func setGain(_ gain: Double) {
        usleep(2000)
        self.state.withLock { $0.gain = gain }
    }

    /// Returns the picture after an exposure: a bright spot on a dark background.
    func readOut(exposure: Duration) -> [UInt16] {
        usleep(5000)
        let gain = self.state.withLock { $0.gain }
        let peak = min(65_000, exposure / .milliseconds(1) * 100 * gain)
        return (0..<(self.width * self.height)).map { index in
            let x = Double(index % self.width) / Double(self.width) - 0.5
            let y = Double(index / self.width) / Double(self.height) - 0.5
            return UInt16(peak / (1 + 100 * (x * x + y * y)))
        }
    }
}
