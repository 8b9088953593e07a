package import NIOCore
import TangoCore

extension NIODeadline {
    /// Returns the moment at which a time limit that starts now ends.
    package static func after(_ limit: Duration) -> NIODeadline {
        NIODeadline.now() + .nanoseconds(max(0, min(limit.nanoseconds, .max / 4)))
    }

    /// Whether the moment has passed.
    package var isOver: Bool { self <= .now() }

    /// Time left; zero when the moment has passed.
    package var remaining: Duration { .nanoseconds(max(0, (self - .now()).nanoseconds)) }
}
