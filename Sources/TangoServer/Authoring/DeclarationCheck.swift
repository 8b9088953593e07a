import TangoCore

/// Checks the declarations of device classes when a server starts, so that a mistake in the code is one line on the terminal and not a
/// device that lacks a member or fails at the first request.
///
/// Members added at run time are not checked here: `DeviceContext.addAttribute` and its relatives throw what Tango's peers throw.
enum DeclarationCheck {
    /// Checks classes and their members.
    /// - Throws: `ServerStartError` that names the class and the member, for the first mistake.
    static func check(_ classes: [DeviceClass]) throws(ServerStartError) {
        if let name = Self.duplicate(classes.map(\.name)) { throw ServerStartError("Device class \(name) is declared twice") }
        for deviceClass in classes {
            if let mistake = Self.mistake(in: deviceClass) { throw ServerStartError("Class \(deviceClass.name): \(mistake)") }
        }
    }

    /// Returns the first mistake in a class, as the rest of a sentence; `nil` when there is none.
    private static func mistake(in deviceClass: DeviceClass) -> String? {
        if deviceClass.name.isEmpty { return "a device class needs a name" }
        if deviceClass.isDeclaredInCode {
            let lists = [
                ("attribute", deviceClass.attributes.map(\.name)), ("command", deviceClass.commands.map(\.info.name)),
                ("pipe", deviceClass.pipes.map(\.config.name)), ("property", deviceClass.properties.map(\.name)),
                ("class property", deviceClass.classProperties.map(\.name)),
            ]
            for (kind, names) in lists {
                if let name = Self.duplicate(names) { return "\(kind) \(name) is declared twice" }
                if names.contains("") { return "a declaration (\(kind)) has no name" }
                if !kind.hasSuffix("property"), let name = names.first(where: { $0.contains("/") }) {
                    return "\(kind) \(name) has a slash in its name, so that no client can name it"
                }
            }
        }
        for attribute in deviceClass.attributes {
            do {
                try attribute.check()
            } catch {
                return error.reasonDescription
            }
            let mistake = deviceClass.isDeclaredInCode ? attribute.mistake(in: deviceClass) : nil
            if let mistake { return "attribute \(attribute.name) \(mistake)" }
        }
        guard deviceClass.isDeclaredInCode else { return nil }
        for command in deviceClass.commands {
            if let mistake = command.mistake { return "command \(command.info.name) \(mistake)" }
        }
        return nil
    }

    /// Returns the first name that occurs twice, in whatever case.
    private static func duplicate(_ names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0.tangoFolded).inserted }
    }
}

extension AttributeDefinition {
    /// What is wrong with a static declaration, as the rest of a sentence that begins with the attribute; `nil` when nothing is.
    fileprivate func mistake(in deviceClass: DeviceClass) -> String? {
        if BuiltInMembers.isReserved(attribute: self.name) { return "is there already: every device has State and Status" }
        guard self.forwarding == nil else { return nil }
        guard self.type.isAttributeType else { return "has type \(self.type.name), which is no type of attributes" }
        return self.mistakeInSize ?? self.mistakeInHandlers ?? self.mistakeInSetValue(deviceClass) ?? self.mistakeInLabels
            ?? self.mistakeInDisplayFormat
    }

    private var mistakeInSize: String? {
        let isRight =
            switch self.format {
            case .scalar: self.maxDimX == 1 && self.maxDimY == 0
            case .spectrum: self.maxDimX >= 1 && self.maxDimY == 0
            case .image: self.maxDimX >= 1 && self.maxDimY >= 1
            case .unknown: false
            }
        if isRight { return nil }
        switch self.format {
        case .scalar: return "is a scalar of maximum size \(self.maxDimX) x \(self.maxDimY), not 1 x 0"
        case .spectrum: return "is a spectrum of maximum size \(self.maxDimX) x \(self.maxDimY), not at least 1 x 0"
        case .image: return "is an image of maximum size \(self.maxDimX) x \(self.maxDimY), not at least 1 x 1"
        case .unknown: return "is neither scalar nor spectrum nor image"
        }
    }

    private var mistakeInHandlers: String? {
        switch (self.access, self.reader, self.writer) {
        case (.unknown, _, _): "can neither be read nor written"
        case (.read, nil, nil): "has no handler: add .read, .write or .stored"
        case (.read, nil, _), (.readWrite, nil, _), (.readWithWrite, nil, _): "is \(self.access.name) and has no read handler"
        case (.write, _, nil), (.readWrite, _, nil): "is \(self.access.name) and has no write handler"
        default: nil
        }
    }

    /// A `READ_WITH_WRITE` attribute shows the set value of another one, which has to exist and to be of the same type.
    private func mistakeInSetValue(_ deviceClass: DeviceClass) -> String? {
        guard self.access == .readWithWrite else { return nil }
        let name = self.writeAttributeName ?? ""
        guard let other = deviceClass.attributes.first(where: { $0.name.tangoFolded == name.tangoFolded }) else {
            return "shows the set value of \(name.isEmpty ? "no attribute" : "\(name), which is not declared")"
        }
        guard other.access.isWritable else { return "shows the set value of \(other.name), which is not writable" }
        guard other.type == self.type, other.format == self.format else {
            return "shows the set value of \(other.name), which is of another type or format"
        }
        return nil
    }

    private var mistakeInLabels: String? {
        guard self.type == .enum else { return self.enumLabels.isEmpty ? nil : "has labels but is \(self.type.name), not DevEnum" }
        var seen: Set<String> = []
        for label in self.enumLabels {
            if label.isEmpty { return "has an empty label" }
            if !seen.insert(label).inserted { return "has the label \(label) twice" }
        }
        return nil
    }

    /// Clients take the format for one of `printf`, or for manipulators of a C++ stream.
    private var mistakeInDisplayFormat: String? {
        guard let text = self.properties[.displayFormat], text != AttributeSetting.notSpecified, !text.isDisplayFormat else { return nil }
        return "has the display format \"\(text)\", which is neither like \"%6.2f\" nor like \"scientific;setprecision(3)\""
    }
}

extension CommandDefinition {
    /// What is wrong with a static declaration, as the rest of a sentence that begins with the command; `nil` when nothing is.
    fileprivate var mistake: String? {
        if BuiltInMembers.isReserved(command: self.info.name) { return "is there already: every device has Init, State and Status" }
        return self.pollingPeriod != nil && self.info.inType != .void ? "is polled and has an argument" : nil
    }
}

extension String {
    /// Whether it is one conversion of `printf`, with text around it, or a list of manipulators of a C++ stream.
    fileprivate var isDisplayFormat: Bool {
        if self.contains("%") {
            return self.wholeMatch(of: /(?:[^%]|%%)*%[-+ #0]*\d*(?:\.\d+)?(?:hh|h|ll|l|L|q|j|z|t)?[diouxXeEfFgGaAcs](?:[^%]|%%)*/) != nil
        }
        return self.wholeMatch(
            of: /(?:(?:fixed|scientific|uppercase|showpoint|showpos|dec|hex|oct|left|right|internal|set(?:precision|w|fill)\(.*\))(?:;|$))+/
        )
            != nil
    }
}
