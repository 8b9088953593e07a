import TangoCore
import TangoServer

/// A device of class `TangoTest`.
///
/// Its values sit in slots, one per attribute. A slot is filled by the first read that finds it empty; a new round of the generator only
/// empties slots, so large values that no client reads are never made.
final class TangoTestDevice: Device {
    private let context: DeviceContext
    /// Values of the attributes, by their position in `TangoTestClass.table`.
    private var slots: [AttributeReading?]
    /// Numbers that clients have written for the generator; Init keeps them.
    private(set) var settings = Settings()
    /// The round the values belong to.
    var round: Round
    private(set) var generator: Task<Void, any Error>?
    private var renewsWithRequests = false

    init(context: DeviceContext) {
        self.context = context
        self.slots = Array(repeating: nil, count: TangoTestClass.table.count)
        self.round = Round(settings: Settings(), random: SplitMix64(seed: .random(in: .min ... .max)))
    }

    deinit {
        self.generator?.cancel()
    }

    func initialize() async throws {
        self.stopGenerator()
        self.clear()
        self.round = Round(settings: self.settings, random: self.round.random)
        // 8192 is the largest size the attribute declares.
        self.round.ushortImageSide = min(max(TestProperty.ushortImageSize.value(of: self.context), 1), TestImages.largestSide)
        self.renewsWithRequests = TestProperty.background.value(of: self.context) == 0
        if !self.renewsWithRequests {
            let period = Duration.milliseconds(max(TestProperty.sleepPeriod.value(of: self.context), 1))
            self.generator = Self.startGenerator(every: period, of: self.context)
        }
        self.context.setState(.running)
        self.context.setStatus(nil)
        self.context.logger.info("init device \(self.context.name)")
    }

    func release() async {
        self.stopGenerator()
        self.clear()
    }

    func alwaysExecuted() throws {
        if self.renewsWithRequests { self.beginRound() }
    }

    // MARK: Values

    /// Returns the value of a slot, and makes it first where there is none.
    func reading(_ slot: Int, orMake make: (inout Round) -> AttributeReading) -> AttributeReading {
        if let reading = self.slots[slot] { return reading }
        let reading = make(&self.round)
        self.slots[slot] = reading
        return reading
    }

    /// Sets the value of a slot; `nil` has the next read make one.
    func store(_ reading: AttributeReading?, in slot: Int) {
        self.slots[slot] = reading
    }

    /// Uses a number in later rounds.
    func set(_ setting: Setting, to value: Double) {
        self.settings[setting] = value
    }

    /// Replaces all generated values.
    func beginRound() {
        self.round.advance(with: self.settings)
        for slot in TangoTestClass.renewedSlots { self.slots[slot] = nil }
    }

    private func clear() {
        for slot in self.slots.indices { self.slots[slot] = nil }
    }

    // MARK: Generator

    private func stopGenerator() {
        self.generator?.cancel()
        self.generator = nil
    }

    /// Starts the generator, detached from the request that starts it (Init). It holds neither the device nor its context while it sleeps.
    private static func startGenerator(every period: Duration, of context: DeviceContext) -> Task<Void, any Error> {
        Task.detached { [weak context] in
            while true {
                try await Task.sleep(for: period)
                guard let context else { return }
                do {
                    try await Self.renew(context)
                } catch let failure as DevFailed where failure.reason != .shutdownInProgress {
                    // A round is missed, for example when a long request holds the device.
                    continue
                }
            }
        }
    }

    /// Runs one round of the generator.
    static func renew(_ context: DeviceContext) async throws {
        try await context.withDevice { (device: TangoTestDevice) in
            // An Init command may have replaced the generator while this one waited.
            guard !Task.isCancelled else { return }
            device.beginRound()
            context.logger.debug("new values")
        }
    }
}
