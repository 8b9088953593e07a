import Dispatch
import GRDB
import Synchronization

/// Writes the commands of concurrent callers in one transaction, so that they share one wait for the disk.
///
/// Each command has a savepoint: a failure undoes its own changes only. None returns before the transaction is on disk; until then it blocks
/// its thread.
final class GroupCommit: Sendable {
    /// Commands that share a transaction, and the outcome of its commit.
    private final class Batch: Sendable {
        private let failure = Mutex<(any Error)?>(nil)
        private let over = DispatchGroup()

        init() { self.over.enter() }

        func finish(_ failure: (any Error)?) {
            self.failure.withLock { $0 = failure }
            self.over.leave()
        }

        /// Blocks until the transaction has ended.
        /// - Throws: the failure of the commit.
        func wait() throws {
            self.over.wait()
            if let failure = self.failure.withLock({ $0 }) { throw failure }
        }
    }

    private struct State {
        /// Callers waiting for the database's queue.
        var waiting = 0
        var batch: (batch: Batch, size: Int)?
    }

    /// Most commands in one transaction; also bounds the wait of the first one.
    private static let maximumSize = 64

    private let database: DatabasePool
    private let state = Mutex(State())

    /// Creates a group commit.
    /// - Parameter database: a pool whose transactions may outlive one access (`allowsUnsafeTransactions`).
    init(_ database: DatabasePool) {
        self.database = database
    }

    /// Runs the body in a transaction, possibly shared with other callers; returns when its changes are on disk.
    /// - Throws: what the body throws, with nothing changed; the failure of the commit.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        self.state.withLock { $0.waiting += 1 }
        let (value, batch) = try self.database.writeWithoutTransaction { db in
            self.state.withLock { $0.waiting -= 1 }
            return try self.join(db, body)
        }
        try batch.wait()
        return value
    }

    /// Runs the body in the open transaction, or in a new one. On the database's queue.
    private func join<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> (Value, Batch) {
        guard let (batch, size) = self.state.withLock({ $0.batch }) else { return try self.begin(db, body) }
        let result = Result<Value?, any Error> {
            var value: Value?
            try db.inSavepoint {
                value = try body(db)
                return .commit
            }
            return value
        }
        switch result {
        case .success(let value?):
            self.commitIfLast(db, batch, size: size + 1)
            return (value, batch)
        case .success(nil): throw DatabaseError(resultCode: .SQLITE_INTERNAL)
        case .failure(let error):
            if db.isInsideTransaction {
                self.commitIfLast(db, batch, size: size)
            } else {
                // SQLite rolled back the whole transaction, for example because the disk is full.
                self.finish(batch, error)
            }
            throw error
        }
    }

    private func begin<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> (Value, Batch) {
        try db.beginTransaction(.immediate)
        do {
            let value = try body(db)
            let batch = Batch()
            self.commitIfLast(db, batch, size: 1)
            return (value, batch)
        } catch {
            if db.isInsideTransaction { try db.rollback() }
            throw error
        }
    }

    /// Commits unless another caller is about to join.
    private func commitIfLast(_ db: Database, _ batch: Batch, size: Int) {
        let isLast = self.state.withLock { state in
            state.batch = (batch, size)
            return size >= Self.maximumSize || state.waiting == 0
        }
        guard isLast else { return }
        do {
            try db.commit()
            self.finish(batch, nil)
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            self.finish(batch, error)
        }
    }

    private func finish(_ batch: Batch, _ failure: (any Error)?) {
        self.state.withLock { $0.batch = nil }
        batch.finish(failure)
    }
}
