import ServiceLifecycle

/// A service that is made and run when another one is ready.
struct Following<Value: Sendable>: Service {
    private let ready: @Sendable () async throws -> Value
    private let make: @Sendable (Value) -> any Service

    /// - Parameters:
    ///   - ready: waits for the other one and returns what is known then.
    ///   - make: makes the service.
    init(_ ready: @escaping @Sendable () async throws -> Value, make: @escaping @Sendable (Value) -> any Service) {
        self.ready = ready
        self.make = make
    }

    func run() async throws {
        let value: Value
        do {
            value = try await cancelWhenGracefulShutdown { try await self.ready() }
        } catch {
            // The other one has ended, which is what the program reports.
            try? await gracefulShutdown()
            return
        }
        try await self.make(value).run()
    }
}
