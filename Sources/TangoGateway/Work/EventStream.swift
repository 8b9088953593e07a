import NIOCore
import ServiceLifecycle
import Synchronization
import TangoClient
import TangoCore

/// Values of attributes as they change, as server-sent events: one answer that goes on until the client or the gateway ends it.
///
/// Attributes are read again and again, those of one device in one call. A value is sent when it, its quality or its failure differs from what
/// was sent last.
struct EventStream: Sendable {
    /// An attribute, and the number of its events.
    struct Target: Sendable {
        var number: Int
        var device: DeviceReference
        var attribute: String
    }

    /// Counts the streams that are open.
    final class Slot: Sendable {
        private let slots: Slots

        fileprivate init(_ slots: Slots) {
            self.slots = slots
        }

        deinit { self.slots.leave() }
    }

    /// The streams that may be open at a time.
    final class Slots: Sendable {
        private let limit: Int
        private let taken = Mutex(0)

        init(limit: Int = 256) {
            self.limit = limit
        }

        /// Number of open streams.
        var count: Int { self.taken.withLock { $0 } }

        /// Takes a slot; `nil` when there is none left.
        func enter() -> Slot? {
            let isFree = self.taken.withLock { taken in
                guard taken < self.limit else { return false }
                taken += 1
                return true
            }
            return isFree ? Slot(self) : nil
        }

        fileprivate func leave() { self.taken.withLock { $0 -= 1 } }
    }

    /// Time between two readings.
    static let periods: ClosedRange<Int> = 100...60_000
    /// Time between two signs of life: they keep connections through proxies open and show that a client has left.
    private static let maintenancePeriod = Duration.seconds(5)
    /// Time after which a stream ends and the client has to begin a new one, with credentials that are still valid.
    static let lifetime = Duration.seconds(3600)

    let targets: [Target]
    let period: Duration
    let request: ResourceRequest
    let int64Style: Int64Style
    let slot: Slot

    /// Begins to read.
    /// - Returns: the events, which end with the gateway, with the reading of them, or after the longest lifetime.
    func events() -> EventQueue {
        let (queue, sink) = EventQueue.make()
        sink.announce(.retry)
        var tasks = [
            Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.maintenancePeriod)
                    sink.announce(.maintenance)
                }
            },
            Task {
                try await Task.sleep(for: Self.lifetime)
                sink.finish()
            },
            Task {
                try await gracefulShutdown()
                sink.finish()
            },
        ]
        for group in Dictionary(grouping: self.targets, by: { MemberKey($0.device) }).values {
            tasks.append(
                Task(executorPreference: self.request.executor) {
                    await Int64Style.$current.withValue(self.int64Style) { await self.follow(group, sink) }
                })
        }
        let running = tasks
        sink.onTermination {
            for task in running { task.cancel() }
            withExtendedLifetime(self.slot) {}
        }
        return queue
    }

    /// Reads attributes of one device until it is cancelled.
    private func follow(_ targets: [Target], _ sink: EventQueue.Sink) async {
        var last: [Int: String] = [:]
        while !Task.isCancelled {
            for (target, (text, time)) in zip(targets, await self.read(targets)) where last[target.number] != text.key {
                last[target.number] = text.key
                sink.put(EventQueue.Event(number: target.number, time: time, data: text.data))
            }
            guard (try? await Task.sleep(for: self.period)) != nil else { return }
        }
    }

    /// Returns for each attribute what is sent, what decides whether it is sent, and the time of the reading.
    private func read(_ targets: [Target]) async -> [((key: String, data: String), time: Int64)] {
        func failed(_ error: DevError?) -> ((key: String, data: String), time: Int64) {
            let text = "error: \(error?.reason.rawValue ?? ""): \(error?.description ?? "")".printable
            return ((text, text), Timestamp.now.milliseconds)
        }
        do throws(DevFailed) {
            let device = targets[0].device
            let proxy = try await self.request.proxy(device)
            var read: [((key: String, data: String), time: Int64)] = []
            for value in try await proxy.readAttributes(targets.map(\.attribute)) {
                guard value.errors.isEmpty else {
                    read.append(failed(value.errors.first))
                    continue
                }
                let data = value.json(config: await self.request.neededConfig(of: value, device, proxy)).text
                read.append((("\(value.quality) \(data)", data), value.time.milliseconds))
            }
            return read
        } catch {
            return targets.map { _ in failed(error.errors.first) }
        }
    }
}
