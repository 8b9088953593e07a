package import TangoClient
package import TangoCore
package import TangoServer

/// The interface of a running device, and its values at one moment.
package struct MirrorInterface: Sendable {
    package var deviceClass: String
    package var deviceDescription: String
    package var attributes: [AttributeConfig]
    package var commands: [CommandInfo]
    package var pipes: [PipeConfig]
    package var recording: MirrorRecording

    package init(
        deviceClass: String, deviceDescription: String = "A TANGO device", attributes: [AttributeConfig] = [], commands: [CommandInfo] = [],
        pipes: [PipeConfig] = [], recording: MirrorRecording = MirrorRecording()
    ) {
        self.deviceClass = deviceClass
        self.deviceDescription = deviceDescription
        self.attributes = attributes
        self.commands = commands
        self.pipes = pipes
        self.recording = recording
    }

    /// Reads the whole interface; nothing is written and no command executed.
    /// - Throws: what configuration queries throw; values that cannot be read are recorded as failures.
    package static func query(_ device: DeviceProxy) async throws(DevFailed) -> MirrorInterface {
        let info = try await device.info()
        let attributes = try await device.attributeConfigs()
        let commands = try await device.commandList()
        // Devices before interface 5 have none.
        let pipes = (try? await device.pipeConfigs()) ?? []
        return MirrorInterface(
            deviceClass: info.deviceClass, deviceDescription: try await device.deviceDescription(),
            attributes: attributes.filter { !Self.builtIn.contains($0.name.tangoFolded) },
            commands: commands.filter { !Self.builtIn.contains($0.name.tangoFolded) }, pipes: pipes,
            recording: try await .take(of: device, attributes: attributes, pipes: pipes.map(\.name)))
    }

    /// The members that every device has.
    private static let builtIn: Set<String> = ["state", "status", "init"]
}

/// Values of a device at one moment.
package struct MirrorRecording: Sendable {
    package var state = DevState.unknown
    /// `nil` is the sentence about the state.
    package var status: String?
    /// By name in lower case; without the set part.
    package var readings: [String: Result<AttributeReading, DevFailed>] = [:]
    /// Set values, by name in lower case.
    package var setValues: [String: AttributeWrite] = [:]
    /// By name in lower case.
    package var pipes: [String: Result<PipeBlob, DevFailed>] = [:]

    package init() {}

    /// Reads everything.
    /// - Throws: when the device does not answer.
    package static func take(
        of device: DeviceProxy, attributes: [AttributeConfig], pipes: [String]
    ) async throws(DevFailed) -> MirrorRecording {
        var recording = MirrorRecording()
        let withAlarms = Set(attributes.filter(\.hasAlarms).map(\.name.tangoFolded))
        for value in try await device.readAttributes(attributes.map(\.name), source: .device) {
            recording.record(value, checksAlarms: withAlarms.contains(value.name.tangoFolded))
        }
        recording.record(try await device.state(), status: try await device.status())
        for name in pipes {
            do {
                recording.pipes[name.tangoFolded] = .success(try await device.readPipe(name).blob)
            } catch {
                recording.pipes[name.tangoFolded] = .failure(error)
            }
        }
        return recording
    }

    /// Records state and status without what follows from the attributes: the twin works that out for its own values.
    mutating func record(_ state: DevState, status: String) {
        var lines = status.split(separator: "\n", omittingEmptySubsequences: false)
        let count = lines.count
        while let last = lines.last, last.hasPrefix("Alarm : ") || last.hasPrefix("Warning : ") { lines.removeLast() }
        let isAlarming = state == .alarm && lines.count < count
        let text = isAlarming ? lines.joined(separator: "\n") : status
        self.state = isAlarming ? .on : state
        self.status = text == "The device is in \(state.name) state." ? nil : text
    }

    /// - Parameter checksAlarms: whether the attribute has limits, which the twin compares its own values with.
    private mutating func record(_ value: AttributeValue, checksAlarms: Bool) {
        let name = value.name.tangoFolded
        let quality = checksAlarms && (value.quality == .alarm || value.quality == .warning) ? .valid : value.quality
        if let failure = value.failure {
            self.readings[name] = .failure(failure)
        } else if value.quality == .invalid {
            self.readings[name] = .success(.invalid)
        } else {
            self.readings[name] = .success(AttributeReading(value.readData, dimension: value.readDimension, quality: quality))
        }
        if let data = value.setData {
            self.setValues[name] = AttributeWrite(name: value.name, data: data, dimension: value.writeDimension)
        }
    }
}

extension AttributeConfig {
    /// Whether the quality of its values follows from limits.
    fileprivate var hasAlarms: Bool {
        [AttributeSetting.minAlarm, .maxAlarm, .minWarning, .maxWarning, .deltaValue].contains { setting in
            setting.value(in: self) != "Not specified"
        }
    }
}
