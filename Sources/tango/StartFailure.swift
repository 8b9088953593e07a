import TangoCore
import TangoServer

/// A failure that ends the program with one line and status 1.
struct StartFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }

    /// The error of a service as one line.
    init(_ error: any Error) {
        switch error {
        case let failure as StartFailure: self = failure
        case let error as ServerStartError: self.init(error.description)
        case let failed as DevFailed: self.init("\(failed.reasonDescription) (\(failed.reason))")
        default: self.init(String(describing: error))
        }
    }
}
