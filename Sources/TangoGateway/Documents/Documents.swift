import TangoClient
import TangoCore

// The JSON entities. No members beyond the specification's tables: the Java client refuses them.

/// Names and links of one device's resources.
struct DeviceLinks: Sendable {
    /// The host as the client wrote it, with the port.
    var host: TangoHost
    /// `domain/family/member`, as the database spells it.
    var device: String
    /// URL of the device.
    var url: String

    /// Returns the members every entity of a device begins with.
    func identity(_ name: String) -> JSONObject {
        ["name": .tango(name), "host": .string(self.host.description), "device": .tango(self.device)]
    }

    func id(_ name: String) -> JSONValue { .tango("\(self.host)/\(self.device)/\(name)") }

    /// Returns the URL of a member; the family is `attributes`, `commands` or `pipes`.
    func url(_ family: String, _ name: String) -> String {
        "\(self.url)/\(family)/\(PercentEncoding.encode(TangoText.decode(name)))"
    }
}

/// Spelling of error descriptions: `description` in whole answers and bulk reads, `desc` in items of lists.
enum ErrorSpelling: String {
    case whole = "description"
    case item = "desc"
}

extension DevError {
    func json(_ spelling: ErrorSpelling) -> JSONValue {
        switch spelling {
        case .whole:
            [
                "reason": .tango(self.reason.rawValue), "description": .tango(self.description),
                "severity": .string(self.severity.name), "origin": .tango(self.origin),
            ]
        case .item:
            [
                "reason": .tango(self.reason.rawValue), "severity": .string(self.severity.name),
                "desc": .tango(self.description), "origin": .tango(self.origin),
            ]
        }
    }
}

/// Entities that failed, and the body of errors.
enum FailureDocument {
    static func whole(_ errors: [DevError], time: Timestamp = .now) -> JSONValue {
        [
            "errors": .array(errors.map { $0.json(.whole) }), "quality": "FAILURE", "timestamp": .integer(time.milliseconds),
        ]
    }

    /// Returns a failing attribute of a bulk read: as a whole answer, but with the names.
    static func bulk(_ name: String, _ errors: [DevError], of links: DeviceLinks, time: Timestamp) -> JSONValue {
        var object = links.identity(name)
        if case .object(let whole) = Self.whole(errors, time: time) { object.members += whole.members }
        return .object(object)
    }

    /// Returns a failing attribute of a bulk read, with the present time.
    static func bulkNow(_ name: String, _ errors: [DevError], of links: DeviceLinks) -> JSONValue {
        Self.bulk(name, errors, of: links, time: .now)
    }

    /// Returns a failing command, pipe or configuration in a list.
    static func item(_ name: String, _ errors: [DevError], of links: DeviceLinks) -> JSONValue {
        [
            "host": .string(links.host.description), "device": .tango(links.device), "name": .tango(name),
            "errors": .array(errors.map { $0.json(.item) }),
        ]
    }

    /// Returns a failing attribute in a list.
    static func attribute(_ name: String, _ errors: [DevError], of links: DeviceLinks, time: Timestamp = .now) -> JSONValue {
        var object = links.identity(name)
        object["quality"] = "FAILURE"
        object["timestamp"] = .integer(time.milliseconds)
        object["errors"] = .array(errors.map { $0.json(.item) })
        return .object(object)
    }
}

extension DatabaseDeviceInfo {
    func json(isClassHidden: Bool) -> JSONValue {
        [
            "name": .tango(self.name), "ior": .tango(self.ior), "version": .tango(self.version), "exported": .bool(self.isExported),
            "pid": .integer(self.pid), "server": .tango(self.server), "hostname": .tango(self.host),
            "classname": isClassHidden ? "unknown" : .tango(self.deviceClass), "is_taco": false,
            "last_exported": .tango(self.started), "last_unexported": .tango(self.stopped),
        ]
    }
}

extension AttributeConfig {
    /// Returns the attribute entity.
    /// - Parameter interface: interface version of the device.
    func entity(_ links: DeviceLinks, interface: Int, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("attributes", self.name)
        return [
            "id": links.id(self.name), "name": .tango(self.name), "device": .tango(links.device), "host": .string(links.host.description),
            "info": self.info(interface: interface), "value": .string(url + "/value"), "properties": .string(url + "/properties"),
            "history": .string(url + "/history"),
        ]
    }

    /// Returns the AttributeInfo.
    /// - Parameter interface: interface version of the device; below 5 some members are unknown.
    func info(interface: Int) -> JSONValue {
        let memorized = !self.isMemorized ? "NOT_MEMORIZED" : self.isMemorizedWriteAtInit ? "MEMORIZED_SET_AT_INIT" : "MEMORIZED"
        let isModern = interface >= 5
        return [
            "name": .tango(self.name),
            "writable": .string(self.writable.name),
            "data_format": .string(self.format.name),
            "data_type": .string(self.type?.restName ?? "Unknown"),
            "max_dim_x": .integer(self.maxDimX),
            "max_dim_y": .integer(self.maxDimY),
            "description": .tango(self.description),
            "label": .tango(self.label),
            "unit": .tango(self.unit),
            "standard_unit": .tango(self.standardUnit),
            "display_unit": .tango(self.displayUnit),
            "format": .tango(self.displayFormat),
            "min_value": .tango(self.minValue),
            "max_value": .tango(self.maxValue),
            "min_alarm": .tango(self.alarm.minAlarm),
            "max_alarm": .tango(self.alarm.maxAlarm),
            "writable_attr_name": .tango(self.writableAttributeName),
            "level": .string(self.level.name),
            "alarms": self.alarm.json,
            "events": self.events.json,
            "extensions": .tango(self.extensions),
            "sys_extensions": .tango(self.systemExtensions),
            "isMemorized": .bool(self.isMemorized),
            "isSetAtInit": .bool(self.isMemorized && self.isMemorizedWriteAtInit),
            "memorized": .string(isModern ? memorized : "UNKNOWN"),
            "root_attr_name": .tango(self.rootAttributeName),
            "enum_label": isModern ? .tango(self.enumLabels) : .null,
        ]
    }
}

extension AttributeAlarm {
    var json: JSONValue {
        [
            "min_alarm": .tango(self.minAlarm), "max_alarm": .tango(self.maxAlarm), "min_warning": .tango(self.minWarning),
            "max_warning": .tango(self.maxWarning), "delta_t": .tango(self.deltaTime), "delta_val": .tango(self.deltaValue),
            "extensions": .tango(self.extensions),
        ]
    }
}

extension EventProperties {
    var json: JSONValue {
        [
            "ch_event": [
                "rel_change": .tango(self.relativeChange), "abs_change": .tango(self.absoluteChange),
                "extensions": .tango(self.changeExtensions),
            ],
            "per_event": ["period": .tango(self.period), "extensions": .tango(self.periodExtensions)],
            "arch_event": [
                "rel_change": .tango(self.archiveRelativeChange), "abs_change": .tango(self.archiveAbsoluteChange),
                "period": .tango(self.archivePeriod), "extensions": .tango(self.archiveExtensions),
            ],
        ]
    }
}

extension AttributeValue {
    /// Returns the AttributeValue, or a failing item when the read failed. The name is spelled as in the configuration where it is known.
    /// - Parameter hasSetPoint: whether `w_value` is included, which is not part of the API.
    func entity(_ links: DeviceLinks, config: AttributeConfig?, hasSetPoint: Bool = false) -> JSONValue {
        let name = config?.name ?? self.name
        guard self.errors.isEmpty else { return FailureDocument.attribute(name, self.errors, of: links) }
        var object = links.identity(name)
        object["value"] = self.json(config: config)
        if hasSetPoint, let setPoint = self.setPointJSON(config: config) { object["w_value"] = setPoint }
        object["quality"] = .string(self.quality.name)
        object["timestamp"] = .integer(self.time.milliseconds)
        return .object(object)
    }

    /// Returns an item of a history; failures are spelled as in bulk reads.
    func historyEntity(_ links: DeviceLinks, config: AttributeConfig?) -> JSONValue {
        self.errors.isEmpty ? self.entity(links, config: config) : FailureDocument.whole(self.errors, time: self.time)
    }
}

extension CommandInfo {
    func entity(_ links: DeviceLinks, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("commands", self.name)
        return [
            "id": links.id(self.name), "name": .tango(self.name), "device": .tango(links.device), "host": .string(links.host.description),
            "info": [
                "cmd_name": .tango(self.name), "level": .string(self.level.name), "cmd_tag": .integer(self.tag),
                "in_type": .string(self.inType?.restName ?? "Unknown"), "out_type": .string(self.outType?.restName ?? "Unknown"),
                "in_type_desc": .tango(self.inDescription), "out_type_desc": .tango(self.outDescription),
            ],
            "history": .string(url + "/history"),
        ]
    }

    /// Returns the CommandInOut.
    func result(_ output: CommandData, input: JSONValue?, _ links: DeviceLinks) -> JSONValue {
        var object: JSONObject = ["host": .string(links.host.description), "device": .tango(links.device), "name": .tango(self.name)]
        if let input, input != .null { object["input"] = input }
        object["output"] = output.json
        return .object(object)
    }

    /// Returns the CommandInOut of a command that failed.
    static func failure(_ name: String, _ errors: [DevError], input: JSONValue?, _ links: DeviceLinks) -> JSONValue {
        var object: JSONObject = ["host": .string(links.host.description), "device": .tango(links.device), "name": .tango(name)]
        if let input, input != .null { object["input"] = input }
        object["errors"] = .array(errors.map { $0.json(.item) })
        return .object(object)
    }

    func historyEntity(_ record: CommandHistoryRecord, _ links: DeviceLinks) -> JSONValue {
        var object = links.identity(self.name)
        if record.errors.isEmpty {
            object["output"] = record.result.json
        } else {
            object["errors"] = .array(record.errors.map { $0.json(.item) })
        }
        object["timestamp"] = .integer(record.time.milliseconds)
        return .object(object)
    }
}

extension PipeConfig {
    func entity(_ links: DeviceLinks, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("pipes", self.name)
        return [
            "id": links.id(self.name), "name": .tango(self.name), "device": .tango(links.device), "host": .string(links.host.description),
            "info": [
                "name": .tango(self.name), "description": .tango(self.description), "label": .tango(self.label),
                "level": .string(self.level.name), "writeType": .string(self.writable.name), "writable": .bool(self.writable == .readWrite),
            ],
            "value": .string(url + "/value"),
        ]
    }
}

extension PipeValue {
    func entity(_ links: DeviceLinks) -> JSONValue {
        [
            "host": .string(links.host.description), "device": .tango(links.device), "name": .tango(self.name),
            "timestamp": .integer(self.time.milliseconds), "data": self.blob.json,
        ]
    }
}

/// A property and its values.
enum PropertyDocument {
    static func entity(_ name: String, _ values: [String]) -> JSONValue { ["name": .tango(name), "values": .tango(values)] }
}
