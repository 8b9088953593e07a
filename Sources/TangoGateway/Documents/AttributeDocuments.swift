import TangoClient
import TangoCore

// The JSON entities. No members beyond the specification's tables: the Java client refuses them.

extension AttributeConfig {
    /// Returns the attribute entity.
    /// - Parameter interface: interface version of the device.
    func entity(_ links: DeviceLinks, interface: Int, url: String? = nil) -> JSONValue {
        let url = url ?? links.url("attributes", self.name)
        return [
            "id": links.id(self.name), "name": .string(self.name), "device": .string(links.device), "host": .string(links.host.description),
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
            "name": .string(self.name),
            "writable": .string(self.writable.name),
            "data_format": .string(self.format.name),
            "data_type": .string(self.type?.restName ?? "Unknown"),
            "max_dim_x": .integer(self.maxDimX),
            "max_dim_y": .integer(self.maxDimY),
            "description": .string(self.description),
            "label": .string(self.label),
            "unit": .string(self.unit),
            "standard_unit": .string(self.standardUnit),
            "display_unit": .string(self.displayUnit),
            "format": .string(self.displayFormat),
            "min_value": .string(self.minValue),
            "max_value": .string(self.maxValue),
            "min_alarm": .string(self.alarm.minAlarm),
            "max_alarm": .string(self.alarm.maxAlarm),
            "writable_attr_name": .string(self.writableAttributeName),
            "level": .string(self.level.name),
            "alarms": self.alarm.json,
            "events": self.events.json,
            "extensions": .strings(self.extensions),
            "sys_extensions": .strings(self.systemExtensions),
            "isMemorized": .bool(self.isMemorized),
            "isSetAtInit": .bool(self.isMemorized && self.isMemorizedWriteAtInit),
            "memorized": .string(isModern ? memorized : "UNKNOWN"),
            "root_attr_name": .string(self.rootAttributeName),
            "enum_label": isModern ? .strings(self.enumLabels) : .null,
        ]
    }
}

extension AttributeAlarm {
    var json: JSONValue {
        [
            "min_alarm": .string(self.minAlarm), "max_alarm": .string(self.maxAlarm), "min_warning": .string(self.minWarning),
            "max_warning": .string(self.maxWarning), "delta_t": .string(self.deltaTime), "delta_val": .string(self.deltaValue),
            "extensions": .strings(self.extensions),
        ]
    }
}

extension EventProperties {
    var json: JSONValue {
        [
            "ch_event": [
                "rel_change": .string(self.relativeChange), "abs_change": .string(self.absoluteChange),
                "extensions": .strings(self.changeExtensions),
            ],
            "per_event": ["period": .string(self.period), "extensions": .strings(self.periodExtensions)],
            "arch_event": [
                "rel_change": .string(self.archiveRelativeChange), "abs_change": .string(self.archiveAbsoluteChange),
                "period": .string(self.archivePeriod), "extensions": .strings(self.archiveExtensions),
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
