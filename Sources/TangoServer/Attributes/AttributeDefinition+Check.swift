import TangoCore

extension AttributeDefinition {
    /// Checks that the definition can be an attribute, with the reasons and texts of cppTango 9.3.4.
    /// - Throws: `API_AttrWrongDefined` for what cannot be memorized, `API_IncompatibleAttrDataType` for a limit that is no number,
    ///   `API_IncoherentValues` for limits that cross.
    func check() throws(DevFailed) {
        if self.memorization != .none { try self.checkMemorization() }
        guard !self.properties.isEmpty, self.type.isNumeric else { return }
        for (low, high) in [(AttributeSetting.minValue, AttributeSetting.maxValue), (.minAlarm, .maxAlarm), (.minWarning, .maxWarning)] {
            let limits = (try self.limit(low), try self.limit(high))
            guard let min = limits.0, let max = limits.1, min >= max else { continue }
            throw DevFailed(
                .incoherentValues,
                "User default property \(low.rawValue) for attribute : \(self.name) is greater then or equal \(high.rawValue)",
                origin: "Attr::check_type")
        }
    }

    private func limit(_ setting: AttributeSetting) throws(DevFailed) -> LimitValue? {
        guard let text = self.properties[setting], text != AttributeSetting.notSpecified else { return nil }
        if let limit = LimitValue(text, self.type, at: .change) { return limit }
        throw DevFailed(
            .incompatibleAttributeType,
            "User default property \(setting.rawValue) for attribute : \(self.name) is defined in unsupported format. Expected \(self.type.name)",
            origin: "Attr::check_type")
    }

    private func checkMemorization() throws(DevFailed) {
        let why: String
        switch self.type {
        case .state, .encoded: why = "can not be memorized"
        default:
            if self.format != .scalar {
                why = "is not scalar and can not be memorized"
            } else if !self.access.isWritable {
                why = "is not writable and therefore can not be memorized"
            } else {
                return
            }
        }
        throw DevFailed(.attributeWronglyDefined, "Attribute : \(self.name) \(why)", origin: "Attr::set_memorized")
    }
}
