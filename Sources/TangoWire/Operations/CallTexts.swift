package import TangoCore

/// Turns the texts of calls and results between wire form and readable form (`TangoText`): what the client library does with every call.
extension DeviceCall {
    /// Returns the call with its texts in wire form.
    /// - Parameters:
    ///   - argument: kind of the texts in a command's argument: values for devices, metadata for the database and admin devices.
    ///   - name: makes the wire form of a member's name.
    package func wireTexts(
        argument: TangoText.Kind, name: (String) -> String = { TangoText.wire($0, .metadata) }
    ) -> DeviceCall {
        switch self {
        case .isA, .nonExistent, .interface, .name, .description, .state, .status, .adminName, .ping, .blackBox, .info, .commandList:
            return self
        case .commandInfo(let command, let version): return .commandInfo(name(command), version: version)
        case .command(let command, let data, let source, let identity, let version):
            guard !command.isASCII || !data.isASCII else { return self }
            let converted = data.mapTexts { TangoText.wire($0, argument) }
            return .command(name(command), converted, source: source, identity: identity, version: version)
        case .commandHistory(let command, let count, let version): return .commandHistory(name(command), count: count, version: version)
        case .attributeConfigs(let names, let version): return .attributeConfigs(names.map(name), version: version)
        case .setAttributeConfigs(let configs, let identity, let version):
            return .setAttributeConfigs(configs.map { $0.wireTexts(name: name) }, identity: identity, version: version)
        case .readAttributes(let names, let source, let identity, let version):
            guard !names.allSatisfy(\.isASCII) else { return self }
            return .readAttributes(names.map(name), source: source, identity: identity, version: version)
        case .writeAttributes(let values, let identity, let version):
            guard !values.allSatisfy(\.isASCII) else { return self }
            return .writeAttributes(values.map { $0.wireTexts(name: name) }, identity: identity, version: version)
        case .writeReadAttributes(let values, let names, let identity, let version):
            return .writeReadAttributes(
                values.map { $0.wireTexts(name: name) }, read: names.map(name), identity: identity, version: version)
        case .attributeHistory(let attribute, let count, let version):
            return .attributeHistory(name(attribute), count: count, version: version)
        case .pipeConfigs(let names): return .pipeConfigs(names.map(name))
        case .setPipeConfigs(let configs, let identity):
            return .setPipeConfigs(configs.map { $0.wireTexts(name: name) }, identity: identity)
        case .readPipe(let pipe, let identity): return .readPipe(name(pipe), identity: identity)
        case .writePipe(let value, let identity): return .writePipe(value.wireTexts(name: name), identity: identity)
        case .writeReadPipe(let value, let identity): return .writeReadPipe(value.wireTexts(name: name), identity: identity)
        }
    }
}

extension DeviceCall {
    /// Whether the name of a member in the call meets a condition.
    package func hasMemberName(where condition: (String) -> Bool) -> Bool {
        switch self {
        case .commandInfo(let name, _), .command(let name, _, _, _, _), .commandHistory(let name, _, _), .attributeHistory(let name, _, _),
            .readPipe(let name, _):
            condition(name)
        case .attributeConfigs(let names, _), .readAttributes(let names, _, _, _), .pipeConfigs(let names): names.contains(where: condition)
        case .setAttributeConfigs(let configs, _, _): configs.contains { condition($0.name) }
        case .writeAttributes(let values, _, _): values.contains { condition($0.name) }
        case .writeReadAttributes(let values, let names, _, _): values.contains { condition($0.name) } || names.contains(where: condition)
        case .setPipeConfigs(let configs, _): configs.contains { condition($0.name) }
        case .writePipe(let value, _), .writeReadPipe(let value, _): condition(value.name)
        default: false
        }
    }

    /// Names of members in the call, and the call that lists all members of that kind; `nil` for a call without names.
    package var memberNames: (names: [String], list: DeviceCall)? {
        func attributes(_ names: [String], _ version: Int) -> ([String], DeviceCall) {
            let all = version >= 3 ? "All attributes_3" : "All attributes"
            return (names, .attributeConfigs([all], version: OperationFamily.attributeConfigs.newest(upTo: version)))
        }
        func command(_ name: String, _ version: Int) -> ([String], DeviceCall) {
            ([name], .commandList(version: OperationFamily.commandList.newest(upTo: version)))
        }
        switch self {
        case .commandInfo(let name, let version), .command(let name, _, _, _, let version), .commandHistory(let name, _, let version):
            return command(name, version)
        case .attributeConfigs(let names, let version), .readAttributes(let names, _, _, let version):
            return attributes(names, version)
        case .setAttributeConfigs(let configs, _, let version): return attributes(configs.map(\.name), version)
        case .writeAttributes(let values, _, let version): return attributes(values.map(\.name), version)
        case .writeReadAttributes(let values, let names, _, let version): return attributes(values.map(\.name) + names, version)
        case .attributeHistory(let name, _, let version): return attributes([name], version)
        case .pipeConfigs(let names): return (names, .pipeConfigs(["All pipes"]))
        case .setPipeConfigs(let configs, _): return (configs.map(\.name), .pipeConfigs(["All pipes"]))
        case .readPipe(let name, _): return ([name], .pipeConfigs(["All pipes"]))
        case .writePipe(let value, _), .writeReadPipe(let value, _): return ([value.name], .pipeConfigs(["All pipes"]))
        default: return nil
        }
    }
}

extension DeviceResult {
    /// Names of the members that the result of a list describes.
    package var memberNames: [String] {
        switch self {
        case .commandInfos(let infos): infos.map(\.name)
        case .attributeConfigs(let configs): configs.map(\.name)
        case .pipeConfigs(let configs): configs.map(\.name)
        default: []
        }
    }

    /// Whether values are missing because their reads failed.
    package var hasErrors: Bool {
        if case .attributeValues(let values) = self { !values.allSatisfy(\.errors.isEmpty) } else { false }
    }

    /// Returns the result with its texts in readable form.
    package func readableTexts() -> DeviceResult {
        switch self {
        case .void, .boolean, .state: self
        case .string(let text): .string(TangoText.readable(text))
        case .strings(let texts): .strings(texts.map(TangoText.readable))
        case .info(let info): .info(info.mapTexts(TangoText.readable))
        case .commandInfos(let infos): .commandInfos(infos.map { $0.mapTexts(TangoText.readable) })
        case .commandInfo(let info): .commandInfo(info.mapTexts(TangoText.readable))
        case .command(let data): data.isASCII ? self : .command(data.mapTexts(TangoText.readable))
        case .commandHistory(let history):
            .commandHistory(CommandHistory(type: history.type, records: history.records.map { $0.readableTexts() }))
        case .attributeConfigs(let configs): .attributeConfigs(configs.map { $0.mapTexts(TangoText.readable) })
        case .attributeValues(let values):
            values.allSatisfy(\.isASCII) ? self : .attributeValues(values.map { $0.readableTexts() })
        case .attributeHistory(let history):
            .attributeHistory(
                AttributeHistory(name: TangoText.readable(history.name), values: history.values.map { $0.readableTexts() }))
        case .pipeConfigs(let configs): .pipeConfigs(configs.map { $0.mapTexts(TangoText.readable) })
        case .pipe(let value): .pipe(value.mapTexts(names: TangoText.readable, values: TangoText.readable))
        }
    }
}

extension DeviceResult {
    /// Returns the result with the texts of its errors in wire form: they come from code of devices as well as from the kernel, which quotes
    /// names as they travel.
    package func wireErrors() -> DeviceResult {
        switch self {
        case .attributeValues(let values):
            values.allSatisfy { $0.errors.isEmpty } ? self : .attributeValues(values.map { $0.wireErrors() })
        case .attributeHistory(let history):
            .attributeHistory(AttributeHistory(name: history.name, values: history.values.map { $0.wireErrors() }))
        case .commandHistory(let history):
            .commandHistory(
                CommandHistory(
                    type: history.type,
                    records: history.records.map { record in
                        CommandHistoryRecord(
                            time: record.time, result: record.result, errors: record.errors.map { $0.mapTexts(TangoText.wireMetadata) })
                    }))
        default: self
        }
    }
}

extension UserException {
    /// Returns the exception with its texts in wire form.
    package func wireTexts() -> UserException { self.mapTexts(TangoText.wireMetadata) }

    /// Returns the exception with its texts in readable form.
    package func readableTexts() -> UserException { self.mapTexts(TangoText.readable) }

    private func mapTexts(_ change: (String) -> String) -> UserException {
        switch self {
        case .devFailed(let failed): .devFailed(DevFailed(errors: failed.errors.map { $0.mapTexts(change) }))
        case .multiDevFailed(let failed):
            .multiDevFailed(
                MultiDevFailed(
                    errors: failed.errors.map { error in
                        NamedDevError(name: change(error.name), index: error.index, errors: error.errors.map { $0.mapTexts(change) })
                    }))
        case .unknown: self
        }
    }
}

extension DevError {
    /// Returns the error with each text changed.
    package func mapTexts(_ change: (String) -> String) -> DevError {
        DevError(
            ErrorReason(rawValue: change(self.reason.rawValue)), change(self.description), origin: change(self.origin),
            severity: self.severity)
    }

    fileprivate var isASCII: Bool { self.reason.rawValue.isASCII && self.description.isASCII && self.origin.isASCII }
}

extension AttributeData {
    fileprivate var isASCII: Bool {
        switch self {
        case .string(let texts): texts.allSatisfy(\.isASCII)
        case .encoded(let values): values.allSatisfy { $0.format.isASCII }
        default: true
        }
    }

    /// Returns the data with each text changed.
    package func mapTexts(_ change: (String) -> String) -> AttributeData {
        switch self {
        case .string(let texts): .string(texts.map(change))
        case .encoded(let values): .encoded(values.map { DevEncoded(format: change($0.format), data: $0.data) })
        default: self
        }
    }
}

extension CommandData {
    fileprivate var isASCII: Bool {
        switch self {
        case .string(let text): text.isASCII
        case .stringArray(let texts): texts.allSatisfy(\.isASCII)
        case .longStringArray(let value): value.strings.allSatisfy(\.isASCII)
        case .doubleStringArray(let value): value.strings.allSatisfy(\.isASCII)
        case .encoded(let value): value.format.isASCII
        case .encodedArray(let values): values.allSatisfy { $0.format.isASCII }
        default: true
        }
    }

    /// Returns the data with each text changed.
    package func mapTexts(_ change: (String) -> String) -> CommandData {
        switch self {
        case .string(let text): .string(change(text))
        case .stringArray(let texts): .stringArray(texts.map(change))
        case .longStringArray(let value): .longStringArray(LongStringArray(longs: value.longs, strings: value.strings.map(change)))
        case .doubleStringArray(let value):
            .doubleStringArray(DoubleStringArray(doubles: value.doubles, strings: value.strings.map(change)))
        case .encoded(let value): .encoded(DevEncoded(format: change(value.format), data: value.data))
        case .encodedArray(let values): .encodedArray(values.map { DevEncoded(format: change($0.format), data: $0.data) })
        default: self
        }
    }
}

extension AttributeValue {
    fileprivate var isASCII: Bool { self.name.isASCII && self.data.isASCII && self.errors.allSatisfy(\.isASCII) }

    fileprivate func wireErrors() -> AttributeValue {
        guard !self.errors.isEmpty else { return self }
        var copy = self
        copy.errors = self.errors.map { $0.mapTexts(TangoText.wireMetadata) }
        return copy
    }

    fileprivate func readableTexts() -> AttributeValue {
        var copy = self
        copy.name = TangoText.readable(self.name)
        copy.data = self.data.mapTexts(TangoText.readable)
        copy.errors = self.errors.map { $0.mapTexts(TangoText.readable) }
        return copy
    }

    fileprivate func wireTexts(name: (String) -> String) -> AttributeValue {
        var copy = self
        copy.name = name(self.name)
        copy.data = self.data.mapTexts { TangoText.wire($0, .value) }
        return copy
    }
}

extension CommandHistoryRecord {
    fileprivate func readableTexts() -> CommandHistoryRecord {
        CommandHistoryRecord(
            time: self.time, result: self.result.mapTexts(TangoText.readable), errors: self.errors.map { $0.mapTexts(TangoText.readable) })
    }
}

extension AttributeConfig {
    /// Returns the configuration with each text changed.
    package func mapTexts(_ change: (String) -> String) -> AttributeConfig {
        var copy = self
        for path in Self.textPaths where !copy[keyPath: path].isASCII { copy[keyPath: path] = change(copy[keyPath: path]) }
        copy.enumLabels = self.enumLabels.map(change)
        return copy
    }

    fileprivate func wireTexts(name: (String) -> String) -> AttributeConfig {
        var copy = self.mapTexts { TangoText.wire($0, .metadata) }
        copy.name = name(self.name)
        return copy
    }

    private static var textPaths: [WritableKeyPath<AttributeConfig, String>] {
        [
            \.name, \.description, \.label, \.unit, \.standardUnit, \.displayUnit, \.displayFormat, \.minValue, \.maxValue,
            \.writableAttributeName, \.rootAttributeName, \.alarm.minAlarm, \.alarm.maxAlarm, \.alarm.minWarning, \.alarm.maxWarning,
            \.alarm.deltaTime, \.alarm.deltaValue, \.events.relativeChange, \.events.absoluteChange, \.events.period,
            \.events.archiveRelativeChange, \.events.archiveAbsoluteChange, \.events.archivePeriod,
        ]
    }
}

extension CommandInfo {
    /// Returns the description with each text changed.
    package func mapTexts(_ change: (String) -> String) -> CommandInfo {
        var copy = self
        copy.name = change(self.name)
        copy.inDescription = change(self.inDescription)
        copy.outDescription = change(self.outDescription)
        return copy
    }
}

extension DeviceInfo {
    fileprivate func mapTexts(_ change: (String) -> String) -> DeviceInfo {
        var copy = self
        copy.deviceClass = change(self.deviceClass)
        copy.serverID = change(self.serverID)
        copy.serverHost = change(self.serverHost)
        copy.documentationURL = change(self.documentationURL)
        copy.deviceType = change(self.deviceType)
        copy.versions = self.versions.map { VersionInfo(key: change($0.key), value: change($0.value)) }
        return copy
    }
}

extension PipeConfig {
    /// Returns the configuration with each text changed.
    package func mapTexts(_ change: (String) -> String) -> PipeConfig {
        var copy = self
        copy.name = change(self.name)
        copy.description = change(self.description)
        copy.label = change(self.label)
        return copy
    }

    fileprivate func wireTexts(name: (String) -> String) -> PipeConfig {
        var copy = self.mapTexts { TangoText.wire($0, .metadata) }
        copy.name = name(self.name)
        return copy
    }
}

extension PipeValue {
    fileprivate func wireTexts(name: (String) -> String) -> PipeValue {
        var copy = self.mapTexts(names: { TangoText.wire($0, .metadata) }, values: { TangoText.wire($0, .value) })
        copy.name = name(self.name)
        return copy
    }

    fileprivate func mapTexts(names: (String) -> String, values: (String) -> String) -> PipeValue {
        PipeValue(name: names(self.name), time: self.time, blob: self.blob.mapTexts(names: names, values: values))
    }
}

extension PipeBlob {
    /// Returns the blob with each text changed, blobs inside included.
    fileprivate func mapTexts(names: (String) -> String, values: (String) -> String) -> PipeBlob {
        PipeBlob(
            name: names(self.name),
            elements: self.elements.map { element in
                switch element.content {
                case .value(let data, let isArray):
                    PipeElement(name: names(element.name), content: .value(data.mapTexts(values), isArray: isArray))
                case .blob(let inner): PipeElement(name: names(element.name), content: .blob(inner.mapTexts(names: names, values: values)))
                }
            })
    }
}
