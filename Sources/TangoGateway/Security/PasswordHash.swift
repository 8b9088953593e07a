import Crypto
import CryptoExtras
import Foundation

/// A salted hash of a password (scrypt), in the text form `$scrypt$ln=15,r=8,p=3$<salt>$<key>` with Base64 without padding.
struct PasswordHash: Sendable, Hashable, CustomStringConvertible {
    /// Work of computing a hash.
    struct Cost: Sendable, Hashable {
        /// Binary logarithm of the rounds.
        var logRounds = 15
        var blockSize = 8
        var parallelism = 3

        /// Whether the cost is bounded: a users file must not be able to stop the gateway.
        var isReasonable: Bool {
            (1...20).contains(self.logRounds) && (1...32).contains(self.blockSize) && (1...16).contains(self.parallelism)
                && 128 * self.blockSize * self.parallelism << self.logRounds <= 512 * 1024 * 1024
        }
    }

    private static let saltSize = 16
    private static let keySize = 32

    var cost: Cost
    private var salt: [UInt8]
    private var key: [UInt8]

    /// Hashes a password with a new salt.
    init(of password: String, cost: Cost = Cost()) throws {
        self.cost = cost
        var generator = SystemRandomNumberGenerator()
        self.salt = (0..<Self.saltSize).map { _ in UInt8.random(in: 0...255, using: &generator) }
        self.key = try Self.derive(password, self.salt, cost, count: Self.keySize).withUnsafeBytes { Array($0) }
    }

    /// Creates a hash that no password matches, with which a guess takes as long as with a real one.
    init(unknownUserAt cost: Cost) {
        self.cost = cost
        self.salt = [UInt8](repeating: 0, count: Self.saltSize)
        self.key = []
    }

    /// Parses the text form.
    /// - Returns: `nil` when the text is malformed, or its cost is unreasonable.
    init?(parsing text: some StringProtocol) {
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        guard fields.count == 5, fields[0].isEmpty, fields[1] == "scrypt" else { return nil }
        var cost: [Substring: Int] = [:]
        for pair in String(fields[2]).split(separator: ",") {
            let sides = pair.split(separator: "=")
            guard sides.count == 2, let number = Int(sides[1]) else { return nil }
            cost[sides[0]] = number
        }
        guard let logRounds = cost["ln"], let blockSize = cost["r"], let parallelism = cost["p"], cost.count == 3,
            let salt = Self.decode(String(fields[3])), let key = Self.decode(String(fields[4])), (8...64).contains(salt.count),
            (16...64).contains(key.count)
        else { return nil }
        self.cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.key = key
        guard self.cost.isReasonable else { return nil }
    }

    var description: String {
        let cost = "ln=\(self.cost.logRounds),r=\(self.cost.blockSize),p=\(self.cost.parallelism)"
        return "$scrypt$\(cost)$\(Self.encode(self.salt))$\(Self.encode(self.key))"
    }

    /// Whether the password matches. Takes the same time for every password.
    func matches(_ password: String) -> Bool {
        let count = self.key.isEmpty ? Self.keySize : self.key.count
        guard let derived = try? Self.derive(password, self.salt, self.cost, count: count) else { return false }
        // `SymmetricKey` compares in constant time.
        return derived == SymmetricKey(data: self.key) && !password.isEmpty
    }

    /// Returns the Unicode form in which passwords typed on different keyboards are equal.
    static func normalized(_ password: String) -> String { password.precomposedStringWithCanonicalMapping }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost, count: Int) throws -> SymmetricKey {
        // The library refuses an empty password, which matches nothing anyway.
        let bytes = password.isEmpty ? [0] : Array(Self.normalized(password).utf8)
        return try KDF.Scrypt.deriveKey(
            from: bytes, salt: salt, outputByteCount: count, rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
            parallelism: cost.parallelism)
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("=", with: "")
    }

    private static func decode(_ text: String) -> [UInt8]? {
        Data(base64Encoded: text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)).map { Array($0) }
    }
}
