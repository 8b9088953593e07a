import Crypto
import Foundation
import HTTPTypes
import Logging
import Synchronization
import TangoCore

/// Checks names and passwords against a users file.
///
/// A hash is slow on purpose. So verified passwords are remembered until the file changes, as digests under a key of this process; few hashes
/// are computed at a time, off the threads that serve requests; and the number of waiting computations is limited per address.
final class PasswordVerifier: Sendable {
    private typealias Digest = [UInt8]

    private struct State {
        var stamp: UsersFile.Stamp?
        var hasRead = false
        var users: [UserName: PasswordHash] = [:]
        /// Costs of the users' hashes, in the order of the file.
        var costs: [PasswordHash.Cost] = []
        var verified: Set<Digest> = []
        /// Computations by the present file.
        var running: [Digest: Task<Bool, Never>] = [:]
        /// Number of computations in progress and waiting, including those by an older file.
        var computing = 0
        /// The same, by address.
        var waiting: [String: Int] = [:]
        /// Number of readings of the file. A result from before a reading is not remembered after it.
        var generation = 0
    }

    /// Limits of waiting computations, per address and in all.
    private static let limitPerAddress = 8
    private static let limit = 64
    private static let rememberedLimit = 4096

    private let file: UsersFile
    private let logger: Logger
    private let key = SymmetricKey(size: .bits256)
    private let queue: OperationQueue
    private let state = Mutex(State())

    init(file: UsersFile, logger: Logger) {
        self.file = file
        self.logger = logger
        self.queue = OperationQueue()
        self.queue.maxConcurrentOperationCount = max(1, min(4, ProcessInfo.processInfo.activeProcessorCount / 2))
        self.queue.qualityOfService = .utility
    }

    /// Whether the file has users.
    var hasUsers: Bool { self.withCurrent { !$0.users.isEmpty } }

    /// Number of passwords remembered, for tests.
    var remembered: Int { self.state.withLock { $0.verified.count } }

    /// Number of computations in progress and waiting, for tests.
    var computing: Int { self.state.withLock { $0.computing } }

    /// Whether the user exists and has the password.
    /// - Throws: 429 when too many checks are waiting already.
    func verify(_ name: UserName, _ password: String, from address: String) async throws(HTTPFailure) -> Bool {
        let digest = self.digest(name.folded, password)
        enum Step {
            case known
            case wait(Task<Bool, Never>)
            case refuse
        }
        let step: Step = self.withCurrent { state in
            if state.verified.contains(digest) { return .known }
            if let task = state.running[digest] { return .wait(task) }
            let waiting = state.waiting[address, default: 0]
            guard waiting < Self.limitPerAddress, state.computing < Self.limit else { return .refuse }
            state.waiting[address] = waiting + 1
            state.computing += 1
            // An unknown user takes as long as a known one.
            let hash = state.users[name] ?? PasswordHash(unknownUserAt: self.cost(ofUnknown: name.folded, state.costs))
            let generation = state.generation
            let task = Task {
                let isRight = await self.compute(hash, password)
                self.finish(digest, isRight, generation, address)
                return isRight
            }
            state.running[digest] = task
            return .wait(task)
        }
        switch step {
        case .known: return true
        case .wait(let task): return await task.value
        case .refuse:
            var failure = HTTPFailure(.tooManyRequests, .restTooManyRequests, "Too many passwords are being checked already")
            failure.headers[.retryAfter] = "1"
            throw failure
        }
    }

    private func compute(_ hash: PasswordHash, _ password: String) async -> Bool {
        await withCheckedContinuation { continuation in
            self.queue.addOperation { continuation.resume(returning: hash.matches(password)) }
        }
    }

    private func finish(_ digest: Digest, _ isRight: Bool, _ generation: Int, _ address: String) {
        self.state.withLock { state in
            state.computing -= 1
            let waiting = state.waiting[address, default: 1] - 1
            state.waiting[address] = waiting > 0 ? waiting : nil
            guard state.generation == generation else { return }
            state.running[digest] = nil
            guard isRight else { return }
            if state.verified.count >= Self.rememberedLimit { state.verified = [] }
            state.verified.insert(digest)
        }
    }

    private func digest(_ name: String, _ password: String) -> Digest {
        var code = HMAC<SHA256>(key: self.key)
        code.update(data: Array(name.utf8))
        code.update(data: [0])
        code.update(data: Array(PasswordHash.normalized(password).utf8))
        return Array(code.finalize())
    }

    /// Returns the cost of a guess at an unknown name: always the same for a name, and distributed as the costs of the users are.
    private func cost(ofUnknown name: String, _ costs: [PasswordHash.Cost]) -> PasswordHash.Cost {
        guard !costs.isEmpty else { return PasswordHash.Cost() }
        let number = self.digest(name, "").prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return costs[Int(number % UInt64(costs.count))]
    }

    /// Returns the same for the users of the file, for tests.
    func cost(ofUnknown name: String) -> PasswordHash.Cost { self.withCurrent { self.cost(ofUnknown: name, $0.costs) } }

    /// Runs the body with the users of the present file, which is read again, outside the lock, after a change. A missing or malformed file
    /// has no users.
    private func withCurrent<Value: Sendable>(_ body: (inout State) -> Value) -> Value {
        while true {
            let stamp = self.file.stamp
            let value: Value? = self.state.withLock { state in
                guard state.hasRead, state.stamp == stamp else { return nil }
                return body(&state)
            }
            if let value { return value }
            var users: [UserName: PasswordHash] = [:]
            var costs: [PasswordHash.Cost] = []
            do {
                for entry in try self.file.entries() {
                    users[entry.name] = entry.hash
                    costs.append(entry.hash.cost)
                }
            } catch {
                self.logger.error("\(error.reasonDescription)")
            }
            if let warning = PrivateFile.warning(self.file.path) { self.logger.warning("\(warning)") }
            self.state.withLock { state in
                state.hasRead = true
                state.stamp = stamp
                state.users = users
                state.costs = costs
                state.verified = []
                state.running = [:]
                state.generation += 1
            }
        }
    }
}
