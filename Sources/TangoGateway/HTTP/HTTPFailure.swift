import HTTPTypes
import TangoCore

/// An error as an HTTP response: a status and the error stack of the body.
struct HTTPFailure: Error, Hashable {
    var status: HTTPResponse.Status
    /// The error stack, the cause first. An empty origin is filled with the method and path of the request.
    var errors: [DevError]
    /// Further headers of the response.
    var headers = HTTPFields()
    /// Whether the connection is closed after the response, because the rest of the request will not be read.
    var closesConnection = false

    init(_ status: HTTPResponse.Status, _ reason: ErrorReason, _ description: String) {
        self.status = status
        self.errors = [DevError(reason, description, origin: "")]
    }

    static func badRequest(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadRequest, description) }
    static func badValue(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadValue, description) }
    static func badJSON(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadJSON, description) }
    static func notFound(_ description: String) -> HTTPFailure { HTTPFailure(.notFound, .restNotFound, description) }
    /// No client waits for the answer any more, or the gateway stops.
    static let cancelled = HTTPFailure(.serviceUnavailable, .restUnavailable, "The request was given up")

    /// Creates the failure of a call to the control system.
    init(_ failed: DevFailed, while phase: UpstreamPhase) {
        self.errors = failed.errors
        self.status = Self.status(of: failed, while: phase)
        // A client must not repeat a write that was done.
        let isWritten = failed.errors.contains { $0.reason == .restNotReadBack }
        if self.status == .serviceUnavailable, !isWritten { self.headers[.retryAfter] = "1" }
    }

    /// Creates a failure of any error: 500 unless it is one of the known kinds.
    init(_ error: any Error, while phase: UpstreamPhase) {
        switch error {
        case let failure as HTTPFailure: self = failure
        case let failed as DevFailed: self.init(failed, while: phase)
        case is CancellationError: self = .cancelled
        default: self.init(.internalServerError, .restInternal, "Unexpected error: \(error)")
        }
    }

    /// Returns the errors with the origin filled in.
    func errors(origin: String) -> [DevError] {
        self.errors.map { error in
            var error = error
            if error.origin.isEmpty { error.origin = origin }
            return error
        }
    }
}

extension HTTPFailure {
    private static let unknownReasons: Set<ErrorReason> = [
        .databaseDeviceNotDefined, .deviceNotDefined, .databaseAliasNotDefined, .attributeNotFound, .commandNotFound, .pipeNotFound,
    ]
    private static let unavailableReasons: Set<ErrorReason> = [
        .deviceTimedOut, .deviceNotExported, .cantConnectToDevice, .serverNotRunning, .communicationFailed, .connectTimedOut,
    ]

    /// Returns the status of the first reason that has one, root cause first; 400 without such a reason.
    private static func status(of failed: DevFailed, while phase: UpstreamPhase) -> HTTPResponse.Status {
        let reasons = failed.errors.map(\.reason)
        if reasons.first == .restForbidden { return .forbidden }
        let isDatabase = reasons.contains(.cantConnectToDatabase) || (phase == .database && reasons.contains(.cantConnectToDevice))
        if isDatabase {
            switch failed.reason {
            case .hostNotFound: return .notFound
            case .connectionRefused: return .badRequest
            case _ where failed.errors.contains(where: Self.isUnavailable): return .serviceUnavailable
            default: return .badRequest
            }
        }
        for error in failed.errors {
            if Self.isUnavailable(error) { return .serviceUnavailable }
            if phase != .calling, Self.unknownReasons.contains(error.reason) { return .notFound }
        }
        return .badRequest
    }

    private static func isUnavailable(_ error: DevError) -> Bool {
        if Self.unavailableReasons.contains(error.reason) { return true }
        guard error.reason == .corbaException else { return false }
        return ["TRANSIENT", "TIMEOUT", "COMM_FAILURE"].contains { error.description.contains($0) }
    }
}
