import HTTPTypes
import TangoCore

extension ErrorReason {
    static let restBadRequest: Self = "REST_BadRequest"
    static let restNotFound: Self = "REST_NotFound"
    static let restBadValue: Self = "REST_BadValue"
    static let restBadJSON: Self = "REST_BadJson"
    static let restMethodNotAllowed: Self = "REST_MethodNotAllowed"
    static let restNotAcceptable: Self = "REST_NotAcceptable"
    static let restPayloadTooLarge: Self = "REST_PayloadTooLarge"
    static let restURITooLong: Self = "REST_URITooLong"
    static let restHeadersTooLarge: Self = "REST_HeadersTooLarge"
    static let restUnsupportedMediaType: Self = "REST_UnsupportedMediaType"
    static let restRangeNotSatisfiable: Self = "REST_RangeNotSatisfiable"
    static let restUnavailable: Self = "REST_Unavailable"
    /// The outer entry of failures that came after the write itself.
    static let restNotReadBack: Self = "REST_NotReadBack"
    static let restInternal: Self = "REST_Internal"
    static let restPortInUse: Self = "REST_PortInUse"
    static let restUnauthorized: Self = "REST_Unauthorized"
    static let restForbidden: Self = "REST_Forbidden"
    static let restTooManyRequests: Self = "REST_TooManyRequests"
    static let restOpenToNetwork: Self = "REST_OpenToNetwork"
    static let restBadConfiguration: Self = "REST_BadConfiguration"
    static let restBadUsersFile: Self = "REST_BadUsersFile"
    static let restCantWriteFile: Self = "REST_CantWriteFile"
}

/// An answer that is an error: a status and the error stack of its body.
struct HTTPFailure: Error, Hashable {
    var status: HTTPResponse.Status
    /// An empty origin is filled with the method and path of the request.
    var errors: [DevError]
    /// Further headers of the answer.
    var headers = HTTPFields()
    /// Whether the connection ends with this answer, because the rest of the request will not be read.
    var closesConnection = false

    init(_ status: HTTPResponse.Status, _ reason: ErrorReason, _ description: String) {
        self.status = status
        self.errors = [DevError(reason, description, origin: "")]
    }

    static func badRequest(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadRequest, description) }
    static func badValue(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadValue, description) }
    static func badJSON(_ description: String) -> HTTPFailure { HTTPFailure(.badRequest, .restBadJSON, description) }
    static func notFound(_ description: String) -> HTTPFailure { HTTPFailure(.notFound, .restNotFound, description) }

    /// The failure of a call to the control system.
    init(_ failed: DevFailed, while phase: UpstreamPhase) {
        self.errors = failed.errors
        self.status = Self.status(of: failed, while: phase)
        // What was written is not to be written again.
        let isWritten = failed.errors.contains { $0.reason == .restNotReadBack }
        if self.status == .serviceUnavailable, !isWritten { self.headers[.retryAfter] = "1" }
    }

    /// Any error: a defect of the gateway unless it is one of the known kinds.
    init(_ error: any Error, while phase: UpstreamPhase) {
        switch error {
        case let failure as HTTPFailure: self = failure
        case let failed as DevFailed: self.init(failed, while: phase)
        // Nobody waits for the answer any more, or the gateway stops.
        case is CancellationError: self.init(.serviceUnavailable, .restUnavailable, "The request was given up")
        default: self.init(.internalServerError, .restInternal, "Unexpected error: \(error)")
        }
    }

    /// The errors with the origin filled in.
    func errors(origin: String) -> [DevError] {
        self.errors.map { error in
            var error = error
            if error.origin.isEmpty { error.origin = origin }
            return error
        }
    }
}

/// What the gateway was doing when the control system failed: decides whether "unknown" means the URL (404) or the call (400).
enum UpstreamPhase: Sendable {
    /// Asking the database the URL names.
    case database
    /// Looking for the device, attribute, command or pipe the URL names.
    case resolving
    /// Executing what was asked for.
    case calling
}

extension HTTPFailure {
    private static let unknownReasons: Set<ErrorReason> = [
        .databaseDeviceNotDefined, "API_DeviceNotDefined", .databaseAliasNotDefined, .attributeNotFound, .commandNotFound, .pipeNotFound,
    ]
    private static let unavailableReasons: Set<ErrorReason> = [
        .deviceTimedOut, .deviceNotExported, .cantConnectToDevice, "API_ServerNotRunning", .communicationFailed, "API_ConnectTimedOut",
    ]

    /// The first reason with a status of its own decides, root cause first; 400 without one.
    private static func status(of failed: DevFailed, while phase: UpstreamPhase) -> HTTPResponse.Status {
        let reasons = failed.errors.map(\.reason)
        if reasons.first == .restForbidden { return .forbidden }
        let isDatabase = reasons.contains(.cantConnectToDatabase) || (phase == .database && reasons.contains(.cantConnectToDevice))
        if isDatabase {
            switch failed.reason {
            case "API_HostNotFound": return .notFound
            case "API_ConnectionRefused": return .badRequest
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

/// Runs a call to the control system and gives its failure the status that fits the phase.
func upstream<Value>(
    _ phase: UpstreamPhase, _ call: () async throws(DevFailed) -> Value
) async throws(HTTPFailure) -> Value {
    do {
        return try await call()
    } catch {
        throw HTTPFailure(error, while: phase)
    }
}

/// Reads what was just written.
/// - Throws: the failure, and around it `REST_NotReadBack`: the write is not undone by it.
func readingBack<Value>(_ name: String, _ read: () async throws(DevFailed) -> Value) async throws(DevFailed) -> Value {
    do {
        return try await read()
    } catch {
        throw error.notReadBack(name, origin: "")
    }
}

extension DevFailed {
    /// The failure of reading back what was written.
    func notReadBack(_ name: String, origin: String) -> DevFailed {
        self.rethrowing(.restNotReadBack, "\(name) was written, but could not be read back", origin: origin)
    }
}
