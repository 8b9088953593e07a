import TangoCore

/// The `filter` parameters of a request.
struct Filter: Sendable {
    private let kept: Set<String>
    private let removed: Set<String>

    init(_ texts: [String]) {
        self.kept = Set(texts.filter { !$0.hasPrefix("!") })
        self.removed = Set(texts.filter { $0.hasPrefix("!") }.map { String($0.dropFirst()) })
    }

    /// Filters an object, or each element of a list; failing elements stay whole.
    func apply(to value: JSONValue) -> JSONValue {
        if self.kept.isEmpty, self.removed.isEmpty { return value }
        switch value {
        case .object(let object): return .object(self.filtered(object))
        case .array(let elements):
            return .array(
                elements.map { element in
                    guard let object = element.object, object["errors"] == nil else { return element }
                    return .object(self.filtered(object))
                })
        default: return value
        }
    }

    private func filtered(_ object: JSONObject) -> JSONObject {
        let positive = self.kept.isEmpty ? object : self.keeping(object)
        return self.removed.isEmpty ? positive : self.removing(positive)
    }

    private func keeping(_ object: JSONObject) -> JSONObject {
        JSONObject(
            members: object.members.compactMap { member in
                if self.kept.contains(member.name) { return member }
                guard let inner = member.value.object else { return nil }
                let rest = self.keeping(inner)
                return rest.members.isEmpty ? nil : JSONObject.Member(name: member.name, value: .object(rest))
            })
    }

    private func removing(_ object: JSONObject) -> JSONObject {
        JSONObject(
            members: object.members.compactMap { member in
                if self.removed.contains(member.name) { return nil }
                guard let inner = member.value.object else { return member }
                return JSONObject.Member(name: member.name, value: .object(self.removing(inner)))
            })
    }
}
