import HTTPTypes
import TangoCore

/// Errors in the form of RFC 9457, for clients that accept it.
enum ProblemDetails {
    static let contentType = "application/problem+json"

    /// Whether an `Accept` header accepts the type.
    static func isAccepted(_ accept: String?) -> Bool {
        guard let accept else { return false }
        return accept.split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let isRefused = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
            return parts.first == Self.contentType && !isRefused
        }
    }

    /// Returns the members of the RFC, and those of the usual error body.
    static func document(_ status: HTTPResponse.Status, _ errors: [DevError], path: String) -> JSONValue {
        var object: JSONObject = [
            "type": "about:blank", "title": .string(status.reasonPhrase), "status": .integer(status.code),
            "detail": .string(errors.first?.description ?? ""), "instance": .string(path),
        ]
        if let whole = FailureDocument.whole(errors).object { object.members += whole.members }
        return .object(object)
    }
}
