import TangoCore

/// Errors that several parts of the server raise, with the texts and origins of cppTango 9.3.4.
extension DevFailed {
    static func attributeNotFound(_ name: String, origin: String = "MultiAttribute::get_attr_by_name") -> DevFailed {
        DevFailed(.attributeNotFound, "\(name) attribute not found", origin: origin)
    }

    static func attributeNotReadable(_ name: String) -> DevFailed {
        DevFailed(.attributeNotAllowed, "It is currently not allowed to read attribute \(name)", origin: "Device::read_attributes")
    }

    static func attributeNotPolled(_ name: String, origin: String) -> DevFailed {
        DevFailed(.attributeNotPolled, "Attribute \(name) not polled", origin: origin)
    }

    static func commandNotFound(_ name: String, origin: String) -> DevFailed {
        DevFailed(.commandNotFound, "Command \(name) not found", origin: origin)
    }

    static func commandNotPolled(_ name: String, origin: String) -> DevFailed {
        DevFailed(.commandNotPolled, "Command \(name) not polled", origin: origin)
    }

    static func pipeNotFound(_ name: String, origin: String = "DeviceClass::get_pipe_by_name") -> DevFailed {
        DevFailed(.pipeNotFound, "\(name) pipe not found", origin: origin)
    }

    /// The device was not free in time.
    static let gateTimedOut = DevFailed(
        .commandTimedOut, "Not able to acquire serialization (dev, class or process) monitor", origin: "TangoMonitor::get_monitor")

    static let serverIsShuttingDown = DevFailed(.shutdownInProgress, "The server is shutting down")
}
