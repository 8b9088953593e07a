import TangoClient
import TangoCore

/// Spelling of error descriptions: `description` in whole answers and bulk reads, `desc` in items of lists.
enum ErrorSpelling: String {
    case whole = "description"
    case item = "desc"
}

extension DevError {
    func json(_ spelling: ErrorSpelling) -> JSONValue {
        switch spelling {
        case .whole:
            [
                "reason": .string(self.reason.rawValue), "description": .string(self.description),
                "severity": .string(self.severity.name), "origin": .string(self.origin),
            ]
        case .item:
            [
                "reason": .string(self.reason.rawValue), "severity": .string(self.severity.name),
                "desc": .string(self.description), "origin": .string(self.origin),
            ]
        }
    }
}

/// Entities that failed, and the body of errors.
enum FailureDocument {
    static func whole(_ errors: [DevError], time: Timestamp = .now) -> JSONValue {
        [
            "errors": .array(errors.map { $0.json(.whole) }), "quality": "FAILURE", "timestamp": .integer(time.milliseconds),
        ]
    }

    /// Returns a failing attribute of a bulk read: as a whole answer, but with the names.
    static func bulk(_ name: String, _ errors: [DevError], of links: DeviceLinks, time: Timestamp) -> JSONValue {
        var object = links.identity(name)
        if case .object(let whole) = Self.whole(errors, time: time) { object.members += whole.members }
        return .object(object)
    }

    /// Returns a failing attribute of a bulk read, with the present time.
    static func bulkNow(_ name: String, _ errors: [DevError], of links: DeviceLinks) -> JSONValue {
        Self.bulk(name, errors, of: links, time: .now)
    }

    /// Returns a failing command, pipe or configuration in a list.
    static func item(_ name: String, _ errors: [DevError], of links: DeviceLinks) -> JSONValue {
        [
            "host": .string(links.host.description), "device": .string(links.device), "name": .string(name),
            "errors": .array(errors.map { $0.json(.item) }),
        ]
    }

    /// Returns a failing attribute in a list.
    static func attribute(_ name: String, _ errors: [DevError], of links: DeviceLinks, time: Timestamp = .now) -> JSONValue {
        var object = links.identity(name)
        object["quality"] = "FAILURE"
        object["timestamp"] = .integer(time.milliseconds)
        object["errors"] = .array(errors.map { $0.json(.item) })
        return .object(object)
    }
}
