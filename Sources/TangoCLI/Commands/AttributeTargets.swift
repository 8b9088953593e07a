import TangoCore

/// A device and the attributes to read from it, from the command line.
struct AttributeTargets: Sendable, Hashable {
    /// Name, alias or TRL, without attribute.
    var device: String
    /// Names of the attributes; empty for all.
    var attributes: [String]

    /// Splits `a/b/c attr1 attr2`, `a/b/c/attr` and any mix of them. An argument with `/` names a device or a device's attribute;
    /// one without is an attribute of the device before it; the first is always a device.
    /// - Throws: as `TRL.init(parsing:)`.
    static func parse(_ arguments: [String]) throws(DevFailed) -> [AttributeTargets] {
        var targets: [AttributeTargets] = []
        for argument in arguments {
            guard targets.isEmpty || argument.contains("/") else {
                targets[targets.count - 1].attributes.append(argument)
                continue
            }
            let (device, attribute) = try Self.split(argument)
            if let last = targets.last, last.device.tangoFolded == device.tangoFolded, !last.attributes.isEmpty, let attribute {
                targets[targets.count - 1].attributes.append(attribute)
            } else {
                targets.append(AttributeTargets(device: device, attributes: attribute.map { [$0] } ?? []))
            }
        }
        return targets
    }

    /// Splits a TRL into the device and the attribute.
    static func split(_ text: String) throws(DevFailed) -> (device: String, attribute: String?) {
        var trl = try TRL(parsing: text)
        let attribute = trl.attribute
        trl.attribute = nil
        return (attribute == nil ? text : trl.description, attribute)
    }

    /// Splits a device, one member of it (attribute or pipe) in either form, and the arguments after them; `nil` without a member.
    static func single(_ device: String, _ rest: [String]) throws(DevFailed) -> (device: String, member: String?, rest: [String]) {
        let (name, attribute) = try Self.split(device)
        if let attribute { return (name, attribute, rest) }
        return (name, rest.first, Array(rest.dropFirst()))
    }
}
