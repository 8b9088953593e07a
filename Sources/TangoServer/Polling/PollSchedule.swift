import NIOCore

/// The kind of a polled object.
enum PollKind: Sendable, Hashable {
    case attribute
    case command
}

/// When which objects of which devices are polled. It has no clock and knows no device: the driver passes the time and runs the jobs.
///
/// - Attributes of a device with the same period are one job; a command is a job of its own.
/// - A device has one job at a time: a device that hangs delays only itself.
/// - Rounds keep their phase: each is a whole number of periods after the first, however late a round runs.
/// - Rounds that are missed altogether are skipped and reported.
/// - A new object is polled at once, and then with its group.
struct PollSchedule<Device: Hashable & Sendable>: Sendable {
    /// Something to be polled now.
    struct Job: Sendable {
        var device: Device
        var kind: PollKind
        var names: [String]
    }

    struct Step: Sendable {
        var jobs: [Job] = []
        /// Attributes whose rounds were skipped.
        var late: [(device: Device, attributes: [String])] = []
        /// Time of the next step; `nil` if nothing is polled.
        var next: NIODeadline?
    }

    /// Objects polled together.
    private struct Slot: Sendable {
        var device: Device
        var kind: PollKind
        /// `nil` for objects that are polled once.
        var period: TimeAmount?
        var names = OrderedTable<String>()
        var due: NIODeadline
        /// Whether it was polled before; attributes that join it before are polled with its first round.
        var hasBegun = false
    }

    private struct Line: Sendable {
        var isRunning = false
        /// Slots of attributes by period.
        var groups: [TimeAmount: Int] = [:]
        /// Period of each attribute, by name in lower case.
        var attributes: [String: TimeAmount] = [:]
        /// Slot of each command, by name in lower case.
        var commands: [String: Int] = [:]
        /// Slot of attributes that joined a group and were not read yet.
        var joined: Int?
        /// Slots that became due while a job was running.
        var waiting: [Int] = []

        var isEmpty: Bool { !self.isRunning && self.groups.isEmpty && self.commands.isEmpty && self.joined == nil }
    }

    private var slots: [Int: Slot] = [:]
    private var lines: [Device: Line] = [:]
    private var heap = DueHeap()
    private var nextSlot = 0

    init() {}

    /// Number of jobs, groups of attributes counting once.
    var slotCount: Int { self.slots.count }

    // MARK: - Objects

    /// Polls an object from now on, or changes its period.
    mutating func add(_ device: Device, _ kind: PollKind, _ name: String, period: TimeAmount, now: NIODeadline) {
        self.remove(device, kind, name)
        switch kind {
        case .command:
            let slot = self.makeSlot(Slot(device: device, kind: .command, period: period, due: now), name)
            self.lines[device, default: Line()].commands[name.tangoFolded] = slot
        case .attribute:
            self.lines[device, default: Line()].attributes[name.tangoFolded] = period
            if let group = self.lines[device]?.groups[period] {
                self.slots[group]?.names.set(name, for: name)
                guard self.slots[group]?.hasBegun == true else { return }
                if let joined = self.lines[device]?.joined {
                    self.slots[joined]?.names.set(name, for: name)
                } else {
                    let joined = self.makeSlot(Slot(device: device, kind: .attribute, due: now), name)
                    self.lines[device]?.joined = joined
                }
            } else {
                let group = self.makeSlot(Slot(device: device, kind: .attribute, period: period, due: now), name)
                self.lines[device]?.groups[period] = group
            }
        }
    }

    private mutating func makeSlot(_ slot: Slot, _ name: String) -> Int {
        let id = self.nextSlot
        self.nextSlot += 1
        var slot = slot
        slot.names.set(name, for: name)
        self.slots[id] = slot
        self.heap.push(slot.due, id)
        return id
    }

    mutating func remove(_ device: Device, _ kind: PollKind, _ name: String) {
        guard self.lines[device] != nil else { return }
        switch kind {
        case .command:
            if let slot = self.lines[device]?.commands.removeValue(forKey: name.tangoFolded) { self.slots[slot] = nil }
        case .attribute:
            guard let period = self.lines[device]?.attributes.removeValue(forKey: name.tangoFolded) else { return }
            if let group = self.lines[device]?.groups[period], self.removeName(name, from: group) {
                self.lines[device]?.groups[period] = nil
            }
            if let joined = self.lines[device]?.joined, self.removeName(name, from: joined) { self.lines[device]?.joined = nil }
        }
        if self.lines[device]?.isEmpty == true { self.lines[device] = nil }
        self.compactHeap()
    }

    /// Removes a name, and the slot if it is empty then.
    /// - Returns: whether the slot was removed.
    private mutating func removeName(_ name: String, from slot: Int) -> Bool {
        self.slots[slot]?.names.remove(name)
        guard self.slots[slot]?.names.count == 0 else { return false }
        self.slots[slot] = nil
        return true
    }

    mutating func removeAll(_ device: Device) {
        guard let line = self.lines.removeValue(forKey: device) else { return }
        for slot in line.groups.values { self.slots[slot] = nil }
        for slot in line.commands.values { self.slots[slot] = nil }
        if let joined = line.joined { self.slots[joined] = nil }
        self.compactHeap()
    }

    /// Removes slots from the heap that do not exist any more, if they are many; a few stay until their time comes.
    private mutating func compactHeap() {
        guard self.heap.count > 64, self.heap.count > 2 * self.slots.count else { return }
        self.heap.keep { self.slots[$0] != nil }
    }

    // MARK: - Time

    /// Begins the jobs that are due: at most `limit`; if there are more, `next` is not later than now.
    mutating func step(now: NIODeadline, limit: Int = .max) -> Step {
        var step = Step()
        while step.jobs.count < limit, let (due, id) = self.heap.first, due <= now {
            self.heap.removeFirst()
            guard let slot = self.slots[id] else { continue }
            if self.lines[slot.device]?.isRunning == true {
                self.lines[slot.device]?.waiting.append(id)
                continue
            }
            self.start(id, slot, now, &step)
        }
        while let (_, id) = self.heap.first, self.slots[id] == nil { self.heap.removeFirst() }
        step.next = self.heap.first?.due
        return step
    }

    private mutating func start(_ id: Int, _ slot: Slot, _ now: NIODeadline, _ step: inout Step) {
        let names = slot.names.members
        if let period = slot.period {
            let missed = (now - slot.due).nanoseconds / period.nanoseconds
            if missed > 0, slot.kind == .attribute { step.late.append((slot.device, names)) }
            let due = slot.due + period * (missed + 1)
            self.slots[id]?.due = due
            self.slots[id]?.hasBegun = true
            self.heap.push(due, id)
        } else {
            self.slots[id] = nil
            self.lines[slot.device]?.joined = nil
        }
        self.lines[slot.device]?.isRunning = true
        step.jobs.append(Job(device: slot.device, kind: slot.kind, names: names))
    }

    /// Ends the job of a device.
    /// - Returns: whether other jobs of the device are waiting.
    mutating func finished(_ device: Device) -> Bool {
        guard let waiting = self.lines[device]?.waiting else { return false }
        self.lines[device]?.isRunning = false
        self.lines[device]?.waiting = []
        for id in waiting {
            if let slot = self.slots[id] { self.heap.push(slot.due, id) }
        }
        if self.lines[device]?.isEmpty == true { self.lines[device] = nil }
        return !waiting.isEmpty
    }

    /// Continues after a pause: jobs that became due meanwhile are due now, and nothing counts as late.
    mutating func resume(now: NIODeadline) {
        let waiting = Set(self.lines.values.flatMap(\.waiting))
        self.heap = DueHeap()
        for (id, slot) in self.slots {
            if slot.due < now { self.slots[id]?.due = now }
            if !waiting.contains(id) { self.heap.push(max(slot.due, now), id) }
        }
    }
}

/// Slots by time; equal times in the order they were added.
private struct DueHeap: Sendable {
    private struct Entry: Sendable {
        var due: NIODeadline
        var order: UInt64
        var id: Int

        static func < (left: Entry, right: Entry) -> Bool { (left.due, left.order) < (right.due, right.order) }
    }

    private var entries: [Entry] = []
    private var order: UInt64 = 0

    init() {}

    var count: Int { self.entries.count }
    var first: (due: NIODeadline, id: Int)? { self.entries.first.map { ($0.due, $0.id) } }

    mutating func push(_ due: NIODeadline, _ id: Int) {
        self.order += 1
        self.entries.append(Entry(due: due, order: self.order, id: id))
        var child = self.entries.count - 1
        while child > 0, self.entries[child] < self.entries[(child - 1) / 2] {
            self.entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = self.entries.popLast(), !self.entries.isEmpty else { return }
        self.entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < self.entries.count && self.entries[child] < self.entries[least] {
                least = child
            }
            guard least != parent else { return }
            self.entries.swapAt(parent, least)
            parent = least
        }
    }

    mutating func keep(_ isKept: (Int) -> Bool) {
        // Sorted, an array is a heap.
        self.entries = self.entries.filter { isKept($0.id) }.sorted { $0 < $1 }
    }
}
