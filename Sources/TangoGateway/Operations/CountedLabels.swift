import HTTPTypes

/// Methods by number.
enum CountedMethod: Int, CaseIterable {
    case get, head, put, post, delete, options, other

    init(_ method: HTTPRequest.Method) {
        switch method {
        case .get: self = .get
        case .head: self = .head
        case .put: self = .put
        case .post: self = .post
        case .delete: self = .delete
        case .options: self = .options
        default: self = .other
        }
    }

    var name: String { "\(self)".uppercased() }
}

/// Statuses by number.
enum CountedStatus {
    private static let codes = [200, 204, 206, 304, 400, 401, 403, 404, 405, 406, 408, 412, 413, 414, 415, 416, 429, 431, 500, 503]
    private static let indices: [Int] = {
        var indices = Array(repeating: Self.codes.count, count: 600)
        for (index, code) in Self.codes.enumerated() { indices[code] = index }
        return indices
    }()

    /// The last is for all other statuses.
    static var count: Int { Self.codes.count + 1 }

    static func index(of code: Int) -> Int { Self.indices.indices.contains(code) ? Self.indices[code] : Self.codes.count }

    static func name(_ index: Int) -> String { Self.codes.indices.contains(index) ? String(Self.codes[index]) : "other" }
}
