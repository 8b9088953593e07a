import TangoCore

/// An attribute or command that can be polled.
struct PollTarget: Sendable {
    var kind: PollKind
    /// As declared.
    var name: String
}

extension PollKind {
    /// The kind under which a member is polled: State and Status are polled as attributes, even if the request names commands.
    func forPolling(_ name: String) -> PollKind {
        let folded = name.tangoFolded
        return folded == "state" || folded == "status" ? .attribute : self
    }

    /// The word in texts.
    var label: String { self == .attribute ? "attribute" : "command" }
}
