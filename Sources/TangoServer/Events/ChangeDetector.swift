import TangoCore

/// Decides whether a value is a change event, or by the criteria of those an archive event.
enum ChangeDetector {
    /// Whether the value is an event.
    /// - Parameters:
    ///   - value: the new value.
    ///   - last: the value of the last event of this kind; `nil` before the first.
    static func isEvent(_ value: EventValue, after last: EventValue?, _ criteria: EventCriteria.Change) -> Bool {
        guard let last else { return true }
        if !value.errors.isEmpty || !last.errors.isEmpty { return value.errors != last.errors }
        if value.quality == .invalid || last.quality == .invalid { return value.quality != last.quality }
        if value.data.count != last.data.count { return true }
        return Self.elementsDiffer(value, last, criteria) || value.quality != last.quality
    }

    private static func elementsDiffer(_ value: EventValue, _ last: EventValue, _ criteria: EventCriteria.Change) -> Bool {
        if value.type == .enum { return value.data != last.data }
        switch (value.data, last.data) {
        case (.short(let new), .short(let old)): return Self.differ(new, old, criteria)
        case (.long(let new), .long(let old)): return Self.differ(new, old, criteria)
        case (.long64(let new), .long64(let old)): return Self.differ(new, old, criteria)
        case (.uchar(let new), .uchar(let old)): return Self.differ(new, old, criteria)
        case (.ushort(let new), .ushort(let old)): return Self.differ(new, old, criteria)
        case (.ulong(let new), .ulong(let old)): return Self.differ(new, old, criteria)
        case (.ulong64(let new), .ulong64(let old)): return Self.differ(new, old, criteria)
        case (.float(let new), .float(let old)): return Self.differ(new, old, criteria)
        case (.double(let new), .double(let old)): return Self.differ(new, old, criteria)
        case (.encoded(let new), .encoded(let old)): return zip(new, old).contains { Self.differ($0, $1, criteria) }
        default: return value.data != last.data
        }
    }

    /// The relative change of integers is an integer, too (cppTango 9.3.4).
    private static func differ<T: FixedWidthInteger>(_ new: [T], _ old: [T], _ criteria: EventCriteria.Change) -> Bool {
        guard criteria.isSet else { return false }
        return zip(new, old).contains { new, old in
            guard new != old else { return false }
            let difference = Int128(new) - Int128(old)
            return criteria.absolute.isReached(by: Double(difference))
                || criteria.relative.isReached(by: old == 0 ? 100 : Double(difference * 100 / Int128(old)))
        }
    }

    private static func differ<T: BinaryFloatingPoint>(_ new: [T], _ old: [T], _ criteria: EventCriteria.Change) -> Bool {
        guard criteria.isSet else { return false }
        return zip(new, old).contains { new, old in
            guard new != old else { return false }
            guard !new.isNaN, !old.isNaN else { return new.isNaN != old.isNaN }
            let difference = Double(new) - Double(old)
            return criteria.absolute.isReached(by: difference)
                || criteria.relative.isReached(by: old == 0 ? 100 : difference * 100 / Double(old))
        }
    }

    /// The bytes of encoded values are compared as numbers.
    private static func differ(_ new: DevEncoded, _ old: DevEncoded, _ criteria: EventCriteria.Change) -> Bool {
        new.format != old.format || new.data.count != old.data.count || Self.differ(new.data, old.data, criteria)
    }
}

extension ChangeCriterion {
    /// Whether a change is as great as the limit of its direction.
    fileprivate func isReached(by change: Double) -> Bool {
        if let down = self.down, change <= -down { return true }
        if let up = self.up, change >= up { return true }
        return false
    }
}
