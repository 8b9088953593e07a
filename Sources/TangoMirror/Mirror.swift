package import Logging
package import TangoClient
package import TangoCore
package import TangoServer

/// A simulated twin of a running device: same attributes, commands and pipes, values of its own (RFC-15, third use case).
package final class Mirror: Sendable {
    /// The server's name in the database; its instance tells twins apart.
    package static let serverName = "mirror"

    private let interface: MirrorInterface
    private let model: MirrorModel
    private let original: DeviceProxy?
    private let logger: Logger
    /// The class of the twin.
    package let deviceClass: DeviceClass

    /// Creates a twin.
    /// - Parameter original: device to follow; `nil` follows none.
    /// - Throws: `API_InvalidArgs` when a script does not fit the interface.
    package init(
        _ interface: MirrorInterface, values: MirrorValues, original: DeviceProxy? = nil, logger: Logger = Logger(label: "mirror")
    ) throws(DevFailed) {
        self.interface = interface
        self.model = try MirrorModel(interface, values: values)
        self.original = original
        self.logger = logger
        self.deviceClass = MirrorDevice.deviceClass(interface, self.model)
    }

    /// Declares the twin in the database, unless it is there already.
    /// - Throws: `API_InvalidArgs` when a device of that name belongs to another server; what the database throws.
    package func define(_ twin: String, instance: String, in database: DatabaseClient) async throws(DevFailed) {
        let server = "\(Self.serverName)/\(instance)"
        let known: DatabaseDeviceInfo?
        do {
            known = try await database.deviceInfo(twin)
        } catch  where error.reason == .databaseDeviceNotDefined {
            known = nil
        }
        guard let known else {
            try await database.addServer(server, devices: [(name: twin, deviceClass: self.interface.deviceClass)])
            return
        }
        guard known.server.tangoFolded == server.tangoFolded else {
            throw DevFailed(.invalidArguments, "\(twin) belongs to the server \(known.server); a twin needs a name of its own")
        }
        if known.deviceClass.tangoFolded != self.interface.deviceClass.tangoFolded {
            try await database.addDevice(twin, server: server, deviceClass: self.interface.deviceClass)
        }
    }

    /// Writes the set values of the original to the running twin.
    package func prime(_ twin: DeviceProxy) async throws(DevFailed) {
        let writable = Set(self.interface.attributes.filter(\.writable.isWritable).map(\.name.tangoFolded))
        let writes = self.interface.recording.setValues.filter { writable.contains($0.key) }.map(\.value)
        guard !writes.isEmpty else { return }
        let outcomes = await self.model.priming { () async -> [DevFailed?] in
            (try? await twin.writeAttributes(writes.sorted { $0.name < $1.name })) ?? []
        }
        for case let failure? in outcomes {
            // For example a set value outside of limits that were narrowed later.
            self.logger.info("set value not taken over", metadata: ["error": "\(failure)"])
        }
    }

    /// Reads the original's values periodically until the task is cancelled; while the original does not answer, the last ones stay.
    package func follow(every period: Duration) async {
        guard let original = self.original else { return }
        let attributes = self.interface.attributes
        let pipes = self.interface.pipes.map(\.name)
        var isLost = false
        while !Task.isCancelled {
            try? await Task.sleep(for: period)
            do throws(DevFailed) {
                self.model.update(try await .take(of: original, attributes: attributes, pipes: pipes))
                isLost = false
            } catch {
                if !isLost, !Task.isCancelled {
                    self.logger.warning("the original does not answer", metadata: ["device": "\(original.name)", "error": "\(error)"])
                }
                isLost = true
            }
        }
    }
}
