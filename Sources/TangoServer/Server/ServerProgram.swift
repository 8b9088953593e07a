import Logging
package import ServiceLifecycle
import TangoIIOP
import UnixSignals

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What programs of this package do around their services.
package enum ServerProgram {
    /// Keeps the descriptors of the console apart from those the program opens. A program's `main` calls it first.
    package static func prepare() { StandardDescriptors.occupy() }

    /// Runs services until SIGINT, SIGTERM or SIGQUIT, until one of them ends or fails; then ends all, the last first. SIGHUP is ignored as
    /// by cppTango 9.3.4, and so is SIGPIPE: nobody may read the program's output any more.
    ///
    /// Signals belong to the process: only a program's `main` calls this.
    /// - Throws: the error of the service that failed.
    package static func run(_ services: [any Service]) async throws {
        signal(SIGHUP, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services.map { service in
                    ServiceGroupConfiguration.ServiceConfiguration(
                        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup, serviceName: "\(type(of: service))")
                },
                gracefulShutdownSignals: [.sigint, .sigterm, .sigquit],
                // The services log and the program prints what there is to say.
                logger: Logger(label: "tango.services") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }
}
