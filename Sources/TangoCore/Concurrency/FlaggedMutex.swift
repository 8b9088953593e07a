public import Synchronization

/// A value behind a `FlaggedMutex`: most of the time there is nothing in it that a reader has to look at.
@usableFromInline
package protocol FlaggedValue {
    /// Whether readers have to look at the value.
    var isFlagged: Bool { get }
}

/// A mutex with an atomic flag in front of it, for values that are checked often and are nearly always empty.
///
/// The flag is computed from the value while the lock is held, so the two cannot disagree once `withLock` has returned: a thread that
/// changes the value cannot overwrite the flag of a later change.
@usableFromInline
package struct FlaggedMutex<Value: FlaggedValue & Sendable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let flag: Atomic<Bool>

    @inlinable
    package init(_ value: Value) {
        self.flag = Atomic(value.isFlagged)
        self.mutex = Mutex(value)
    }

    /// Whether the value was flagged by the last change; costs one atomic load and no lock.
    @inlinable
    package var isFlagged: Bool {
        @inline(__always) get { self.flag.load(ordering: .acquiring) }
    }

    /// Runs the body with the lock held, and sets the flag to what the value then says.
    @inlinable
    package func withLock<Result: Sendable, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
        try self.mutex.withLock { (value: inout Value) throws(Failure) -> Result in
            defer { self.flag.store(value.isFlagged, ordering: .releasing) }
            return try body(&value)
        }
    }

    /// Runs the body with the lock held if the flag is set.
    /// - Returns: what the body returned; `nil`, without taking the lock, if the flag is clear.
    @inlinable
    package func withLockIfFlagged<Result: Sendable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard self.isFlagged else { return nil }
        return try self.withLock(body)
    }
}

extension Optional: FlaggedValue {
    @inlinable package var isFlagged: Bool { self != nil }
}

extension Array: FlaggedValue {
    @inlinable package var isFlagged: Bool { !self.isEmpty }
}

extension Dictionary: FlaggedValue {
    @inlinable package var isFlagged: Bool { !self.isEmpty }
}
