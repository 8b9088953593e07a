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
    /// Outer entry of the error stack when a value was written and then not read back.
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
    static let restCantListen: Self = "REST_CantListen"
    static let restBadCertificate: Self = "REST_BadCertificate"
    static let restCantLog: Self = "REST_CantLog"

    // Reasons of the control system that decide about a status.
    static let connectionRefused: Self = "API_ConnectionRefused"
    static let connectTimedOut: Self = "API_ConnectTimedOut"
    static let deviceNotDefined: Self = "API_DeviceNotDefined"
    static let hostNotFound: Self = "API_HostNotFound"
    static let serverNotRunning: Self = "API_ServerNotRunning"
}
