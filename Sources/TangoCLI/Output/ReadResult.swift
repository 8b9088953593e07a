import TangoCore

/// One attribute as read, with its configuration when known, which has its unit and labels; as text, as JSON and in a table.
struct ReadResult: Sendable {
    var device: String
    var value: AttributeValue
    var config: AttributeConfig?

    private var labels: [String] { self.config?.type == .enum || self.value.type == .enum ? self.config?.enumLabels ?? [] : [] }
    private var format: AttributeFormat { self.value.format == .unknown ? self.config?.format ?? .unknown : self.value.format }

    /// Returns the value as text; a summary when a width is given.
    func text(width: Int?) -> String {
        let data = self.value.readData
        guard data.count > 0 || self.value.quality != .invalid else { return "" }
        return Self.text(data, ValueText.Shape(self.format, self.value.readDimension), self.labels, width)
    }

    private static func text(_ data: AttributeData, _ shape: ValueText.Shape, _ labels: [String], _ width: Int?) -> String {
        guard let width else { return ValueText.full(data, shape, labels: labels) }
        return ValueText.summary(data, shape, labels: labels, width: width)
    }

    private func setText(width: Int?) -> String {
        guard let data = self.value.setData else { return "" }
        return Self.text(data, ValueText.Shape(self.format, self.value.writeDimension), self.labels, width.map { min($0, 24) })
    }

    /// The value as JSON; `null` when there is none.
    var json: JSONValue {
        let data = self.value.readData
        guard data.count > 0 || self.value.quality != .invalid else { return .null }
        return ValueText.json(data, ValueText.Shape(self.format, self.value.readDimension), labels: self.labels)
    }

    /// The complete result as JSON.
    var document: JSONValue {
        var members: [JSONObject.Member] = [.init("device", .string(self.device)), .init("name", .string(self.value.name))]
        if let failure = self.value.failure {
            let errors = failure.errors.map { error in
                JSONValue.object([
                    .init("reason", .string(error.reason.rawValue)), .init("severity", .string(error.severity.name)),
                    .init("description", .string(error.description)), .init("origin", .string(error.origin)),
                ])
            }
            return .object(members + [.init("value", .null), .init("errors", .array(errors))])
        }
        members.append(.init("value", self.json))
        if let data = self.value.setData {
            members.append(
                .init("set", ValueText.json(data, ValueText.Shape(self.format, self.value.writeDimension), labels: self.labels)))
        }
        if let config = self.config { members.append(.init("unit", .string(config.unit))) }
        if let type = self.config?.type ?? self.value.type { members.append(.init("type", .string(type.name))) }
        return .object(
            members + [
                .init("format", .string(self.format.name)),
                .init("quality", .string(self.value.quality.name)),
                .init("time", .string(TimeText.utc(self.value.time))),
            ])
    }

    /// Makes a table of name, value, set value, unit, quality and time. With a width, long values are summarized to fit beside the others.
    static func table(_ readings: [ReadResult], isPrefixed: Bool, width: Int?) -> Table {
        let isPlain = width == nil
        var table = Table(columns: [
            .init("NAME"), .init("VALUE", isFlexible: true), .init("SET", isFlexible: true), .init("UNIT"), .init("QUALITY"), .init("TIME"),
        ])
        table.rows = readings.map { reading in
            let name = isPrefixed ? "\(reading.device)/\(reading.value.name)" : reading.value.name
            return [
                .init(name, style: .bold), "", .init(reading.setText(width: width)),
                .init((reading.config?.unit ?? "")),
                .init(reading.value.quality.name, style: Style(quality: reading.value.quality)),
                .init(isPlain ? TimeText.utc(reading.value.time) : TimeText.local(reading.value.time), style: .dim),
            ]
        }
        let others = table.naturalWidths.enumerated().reduce(0) { $1.offset == 1 ? $0 : $0 + $1.element }
        let room = width.map { max(24, $0 - others - Table.gap * (table.columns.count - 1)) }
        for (index, reading) in readings.enumerated() {
            var style: Style?
            switch reading.value.readData {
            case .state(let states): style = states.count == 1 ? Style(state: states[0]) : nil
            case .deviceState(let state): style = Style(state: state)
            default: break
            }
            table.rows[index][1] = .init(reading.text(width: room), style: style)
        }
        return table
    }
}
