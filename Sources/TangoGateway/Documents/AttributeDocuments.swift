import TangoClient
import TangoCore

// The JSON entities. No members beyond the specification's tables: the Java client refuses them.

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
