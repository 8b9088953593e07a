import TangoCore

@testable import TangoWire

// Random calls and results of every operation.

extension SeededRandom {
    /// A call carried by that operation.
    mutating func call(_ operation: TangoWire.Operation) -> DeviceCall {
        switch operation {
        case .isA: .isA(self.text())
        case .nonExistent: .nonExistent
        case .interface: .interface
        case .getName: .name
        case .getDescription: .description
        case .getState: .state
        case .getStatus: .status
        case .getAdmName: .adminName
        case .ping: .ping
        case .blackBox: .blackBox(self.integer())
        case .info: .info(version: 1)
        case .info3: .info(version: 3)
        case .info6: .info(version: 6)
        case .commandListQuery: .commandList(version: 1)
        case .commandListQuery2: .commandList(version: 2)
        case .commandQuery: .commandInfo(self.text(), version: 1)
        case .commandQuery2: .commandInfo(self.text(), version: 2)
        case .commandInout: .command(self.text(), self.commandData(), source: .cacheDevice, identity: nil, version: 1)
        case .commandInout2: .command(self.text(), self.commandData(), source: self.pick(), identity: nil, version: 2)
        case .commandInout4: .command(self.text(), self.commandData(), source: self.pick(), identity: self.identity(), version: 4)
        case .commandInoutHistory2: .commandHistory(self.text(), count: self.integer(), version: 2)
        case .commandInoutHistory4: .commandHistory(self.text(), count: self.integer(), version: 4)
        case .getAttributeConfig: .attributeConfigs(self.texts(), version: 1)
        case .getAttributeConfig2: .attributeConfigs(self.texts(), version: 2)
        case .getAttributeConfig3: .attributeConfigs(self.texts(), version: 3)
        case .getAttributeConfig5: .attributeConfigs(self.texts(), version: 5)
        case .setAttributeConfig: .setAttributeConfigs(self.list { $0.attributeConfig(version: 1) }, identity: nil, version: 1)
        case .setAttributeConfig3: .setAttributeConfigs(self.list { $0.attributeConfig(version: 3) }, identity: nil, version: 3)
        case .setAttributeConfig4:
            .setAttributeConfigs(self.list { $0.attributeConfig(version: 3) }, identity: self.identity(), version: 4)
        case .setAttributeConfig5:
            .setAttributeConfigs(self.list { $0.attributeConfig(version: 5) }, identity: self.identity(), version: 5)
        case .readAttributes: .readAttributes(self.texts(), source: .cacheDevice, identity: nil, version: 1)
        case .readAttributes2: .readAttributes(self.texts(), source: self.pick(), identity: nil, version: 2)
        case .readAttributes3: .readAttributes(self.texts(), source: self.pick(), identity: nil, version: 3)
        case .readAttributes4: .readAttributes(self.texts(), source: self.pick(), identity: self.identity(), version: 4)
        case .readAttributes5: .readAttributes(self.texts(), source: self.pick(), identity: self.identity(), version: 5)
        case .writeAttributes: .writeAttributes(self.anyValues(1), identity: nil, version: 1)
        case .writeAttributes3: .writeAttributes(self.anyValues(1), identity: nil, version: 3)
        case .writeAttributes4: .writeAttributes(self.list { $0.attributeValue(version: 4) }, identity: self.identity(), version: 4)
        case .writeReadAttributes4:
            .writeReadAttributes(self.list { $0.attributeValue(version: 4) }, read: [], identity: self.identity(), version: 4)
        case .writeReadAttributes5:
            .writeReadAttributes(
                self.list { $0.attributeValue(version: 4) }, read: self.texts(), identity: self.identity(), version: 5)
        case .readAttributeHistory2: .attributeHistory(self.text(), count: self.integer(), version: 2)
        case .readAttributeHistory3: .attributeHistory(self.text(), count: self.integer(), version: 3)
        case .readAttributeHistory4: .attributeHistory(self.text(), count: self.integer(), version: 4)
        case .readAttributeHistory5: .attributeHistory(self.text(), count: self.integer(), version: 5)
        case .getPipeConfig5: .pipeConfigs(self.texts())
        case .setPipeConfig5: .setPipeConfigs(self.list { $0.pipeConfig() }, identity: self.identity())
        case .readPipe5: .readPipe(self.text(), identity: self.identity())
        case .writePipe5: .writePipe(self.pipeValue(), identity: self.identity())
        case .writeReadPipe5: .writeReadPipe(self.pipeValue(), identity: self.identity())
        }
    }

    /// Values that travel in an `any` (versions 1 to 3).
    mutating func anyValues(_ version: Int) -> [AttributeValue] { self.list { $0.attributeValue(version: version) } }

    /// A result of that operation.
    mutating func result(_ operation: TangoWire.Operation) -> DeviceResult {
        switch operation {
        case .isA, .nonExistent: .boolean(self.chance(0.5))
        case .getName, .getDescription, .getStatus, .getAdmName: .string(self.text())
        case .getState: .state(self.pick())
        case .interface, .ping, .setAttributeConfig, .setAttributeConfig3, .setAttributeConfig4, .setAttributeConfig5, .writeAttributes,
            .writeAttributes3, .writeAttributes4, .setPipeConfig5, .writePipe5:
            .void
        case .blackBox: .strings(self.texts())
        case .info: .info(self.deviceInfo(version: 1))
        case .info3: .info(self.deviceInfo(version: 3))
        case .info6: .info(self.deviceInfo(version: 6))
        case .commandListQuery: .commandInfos(self.list { $0.commandInfo(version: 1) })
        case .commandListQuery2: .commandInfos(self.list { $0.commandInfo(version: 2) })
        case .commandQuery: .commandInfo(self.commandInfo(version: 1))
        case .commandQuery2: .commandInfo(self.commandInfo(version: 2))
        case .commandInout, .commandInout2, .commandInout4: .command(self.commandData())
        case .commandInoutHistory2: .commandHistory(self.commandHistory(isPacked: false))
        case .commandInoutHistory4: .commandHistory(self.commandHistory(isPacked: true))
        case .getAttributeConfig: .attributeConfigs(self.list { $0.attributeConfig(version: 1) })
        case .getAttributeConfig2: .attributeConfigs(self.list { $0.attributeConfig(version: 2) })
        case .getAttributeConfig3: .attributeConfigs(self.list { $0.attributeConfig(version: 3) })
        case .getAttributeConfig5: .attributeConfigs(self.list { $0.attributeConfig(version: 5) })
        case .readAttributes, .readAttributes2: .attributeValues(self.anyValues(1))
        case .readAttributes3: .attributeValues(self.anyValues(3))
        case .readAttributes4, .writeReadAttributes4: .attributeValues(self.list { $0.attributeValue(version: 4) })
        case .readAttributes5, .writeReadAttributes5: .attributeValues(self.list { $0.attributeValue(version: 5) })
        case .readAttributeHistory2: .attributeHistory(self.recordHistory(version: 2))
        case .readAttributeHistory3: .attributeHistory(self.recordHistory(version: 3))
        case .readAttributeHistory4: .attributeHistory(self.packedHistory(version: 4))
        case .readAttributeHistory5: .attributeHistory(self.packedHistory(version: 5))
        case .getPipeConfig5: .pipeConfigs(self.list { $0.pipeConfig() })
        case .readPipe5, .writeReadPipe5: .pipe(self.pipeValue())
        }
    }

    /// A history of records that each stand alone, all of the attribute's name.
    private mutating func recordHistory(version: Int) -> AttributeHistory {
        var values = self.list { $0.attributeValue(version: 3) }
        let name = values.first?.name ?? ""
        for index in values.indices {
            values[index].name = name
            if version == 2 { values[index].writeDimension = .zero }
        }
        return AttributeHistory(name: name, values: values)
    }

    /// A packed history: one type, coherent sizes; failed and invalid records have no data.
    mutating func packedHistory(version: Int) -> AttributeHistory {
        let type = self.attributeType()
        let name = self.text()
        let format: AttributeFormat = version >= 5 ? self.pick() : .unknown
        var values: [AttributeValue] = []
        for _ in 0..<self.count(0...8) {
            let time = self.time()
            if self.chance(0.2) {
                values.append(AttributeValue(name: name, failure: DevFailed(errors: [self.error()]), time: time))
            } else if self.chance(0.2) {
                values.append(
                    AttributeValue(name: name, data: .none, quality: .invalid, format: format, type: type, time: time, readDimension: .zero)
                )
            } else {
                let read = self.chance(0.5) ? AttributeDimension.scalar : AttributeDimension(x: Int32(self.count(1...3)), y: 2)
                let written = self.chance(0.5) ? AttributeDimension.zero : .scalar
                let data = self.elements(type, read.elementCount + written.elementCount)
                let quality: AttributeQuality = self.chance(0.5) ? .valid : .alarm
                values.append(
                    AttributeValue(
                        name: name, data: data, quality: quality, format: format, type: type, time: time, readDimension: read,
                        writeDimension: written))
            }
        }
        // What a decoder knows of every record, failed ones too: format and type of the attribute, from version 5 on.
        let hasData = values.contains { $0.data != .none }
        for index in values.indices {
            values[index].format = format
            values[index].type = version >= 5 || hasData ? type : nil
        }
        return AttributeHistory(name: name, values: values)
    }

    private mutating func commandHistory(isPacked: Bool) -> CommandHistory {
        let types: [DataType] = [
            .boolean, .short, .long, .long64, .float, .double, .ushort, .ulong, .ulong64, .string, .state, .charArray, .shortArray,
            .doubleArray, .stringArray, .longStringArray, .doubleStringArray,
        ]
        let type = types[self.count(0...types.count - 1)]
        let records = self.list(0...6) { random -> CommandHistoryRecord in
            if random.chance(0.3) { return CommandHistoryRecord(time: random.time(), result: .void, errors: [random.error()]) }
            return CommandHistoryRecord(time: random.time(), result: random.commandData(type))
        }
        if isPacked { return CommandHistory(type: type, records: records) }
        return CommandHistory(type: records.first { $0.errors.isEmpty }?.result.type ?? .void, records: records)
    }
}
