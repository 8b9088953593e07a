import TangoServer

/// A camera: an image attribute, a driver whose calls block, an exposure that clients do not wait for.
///
/// Handlers run on the thread pool (`.blocking`, the default) and may call the driver directly. A slow attribute delays only the clients of
/// this device.
final class Camera {
    static let size = DeviceProperty("Size", [Int].self, default: [64, 48], description: "Width and height of the chip [pixels]")

    static let deviceClass = DeviceClass("Camera", Camera.self) {
        Camera.size

        Attribute("Picture", TangoImage<UInt16>.self, description: "The last picture", maxDimX: 4096, maxDimY: 4096)
            .reading { $0.readPicture() }
        Attribute("Histogram", [Int32].self, description: "How many pixels are how bright", maxDimX: 16).read { $0.readHistogram() }
        Attribute("Exposure", Double.self, unit: "s", displayUnit: "ms", minValue: 0.001, maxValue: 10).stored(at: \.exposure)
        Attribute("Gain", Double.self, minValue: 1, maxValue: 16).read { $0.gain }.write { $0.writeGain($1) }
        Attribute("Temperature", Double.self, unit: "°C", maxAlarm: 40).read { $0.driver.readTemperature() }
        Attribute("Frames", Int64.self, description: "Pictures taken since the start").read { $0.frames }

        Command("Start") { $0.start() }.notAllowed(in: .running)
        Command("Stop") { $0.stop() }.allowed(in: .running)
        Command("Snap", outDescription: "Number of the picture") { try await $0.snap() }.notAllowed(in: .running)
    }

    private let context: DeviceContext
    private let driver: CameraDriver
    private var exposure = 0.01
    private var gain = 1.0
    private var frames: Int64 = 0
    private var picture: (image: TangoImage<UInt16>, time: Timestamp)?
    private var running: Task<Void, any Error>?

    init(context: DeviceContext) throws {
        self.context = context
        let size = try context.property(Self.size)
        guard size.count == 2, size.allSatisfy({ (1...4096).contains($0) }) else {
            throw DevFailed("Camera_WrongProperty", "Size must be a width and a height up to 4096, it is \(size)")
        }
        self.driver = CameraDriver(width: size[0], height: size[1])
    }

    func readPicture() -> Reading<TangoImage<UInt16>> {
        guard let picture = self.picture else { return .invalid }
        return Reading(picture.image, time: picture.time)
    }

    func readHistogram() -> [Int32] {
        var counts = [Int32](repeating: 0, count: 16)
        for pixel in self.picture?.image.values ?? [] { counts[Int(pixel >> 12)] += 1 }
        return counts
    }

    func writeGain(_ gain: Double) {
        self.driver.setGain(gain)
        self.gain = gain
    }

    /// Takes one picture while the client waits; no thread is held during the exposure.
    func snap() async throws -> Int64 {
        let exposure = Duration.seconds(self.exposure)
        try await Task.sleep(for: exposure)
        self.take(exposure)
        return self.frames
    }

    /// Takes pictures until Stop. The task holds the device only while it stores a picture, so clients are served in between.
    func start() {
        self.context.setState(.running)
        self.running = Task.detached { [context, driver] in
            while !Task.isCancelled {
                let exposure = try await context.withDevice { (camera: Camera) in Duration.seconds(camera.exposure) }
                try await Task.sleep(for: exposure)
                let pixels = driver.readOut(exposure: exposure)
                try await context.withDevice { (camera: Camera) in
                    if !Task.isCancelled { camera.keep(pixels) }
                }
            }
        }
    }

    func stop() {
        self.running?.cancel()
        self.running = nil
        self.context.setState(.standby)
    }

    private func take(_ exposure: Duration) {
        self.keep(self.driver.readOut(exposure: exposure))
    }

    private func keep(_ pixels: [UInt16]) {
        self.frames += 1
        self.picture = (TangoImage(pixels, width: self.driver.width, height: self.driver.height), .now)
    }
}

extension Camera: Device {
    func initialize() async throws {
        self.context.setState(.standby)
    }

    func release() async {
        self.stop()
    }
}
