import ArgumentParser
import TangoClient
import TangoCore

/// `tango write`
struct WriteCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "write", abstract: "Write an attribute.",
        usage: "tango write <device> <attribute> <value> ...\ntango write <device>/<attribute> <value> ...",
        discussion: """
            A spectrum is written as several values or as one list, [1,2,3]; an image as a list of rows, [[1,2],[3,4]]. Enumerations take a \
            label or an index, states their name, integers also 0x…, DevEncoded a format and data (text or 0x…). Put -- before a value \
            that looks like an option.
            """)

    @Argument(help: "Name, alias or TRL of the device, or device/attribute.", completion: Completion.devices)
    var device: String

    @Argument(
        parsing: .allUnrecognized, help: ArgumentHelp("The attribute and the values to write.", valueName: "attribute> <value"),
        completion: Completion.attributes)
    var rest: [String] = []

    @OptionGroup var common: CommonOptions

    func perform(_ session: ClientSession) async throws {
        let target = try await session.attempt("write \(self.device)", device: self.device) { () async throws(DevFailed) in
            try AttributeTargets.single(self.device, Typed.words(self.rest))
        }
        guard let attribute = target.member else { throw ValidationError("An attribute is missing.") }
        let activity = "write \(target.device)/\(attribute)"
        let proxy = try await session.device(target.device, to: activity)
        let (write, shape, labels) = try await session.attempt(activity, device: target.device) { () async throws(DevFailed) in
            let config = try await proxy.attributeConfig(attribute)
            let write = try Self.write(config, target.rest)
            try await proxy.writeAttribute(write)
            return (write, ValueText.Shape(config.format, write.dimension), config.type == .enum ? config.enumLabels : [])
        }
        if self.common.json {
            let document = JSONValue.object([
                .init("device", .string(proxy.name)), .init("name", .string(write.name)),
                .init("written", ValueText.json(write.data, shape, labels: labels)),
            ])
            session.terminal.print(document.indentedText)
        } else if let width = session.summaryWidth(isFull: false) {
            let value = ValueText.summary(write.data, shape, labels: labels, width: max(24, width - 40)).printable
            session.terminal.print("\(proxy.name)/\(write.name) = \(value)")
        }
    }

    /// Converts texts to the type and shape of an attribute.
    /// - Throws: `API_InvalidArgs`.
    static func write(_ config: AttributeConfig, _ texts: [String]) throws(DevFailed) -> AttributeWrite {
        guard let type = config.type, type.isAttributeType else {
            throw DevFailed(.invalidArguments, "The attribute is of an unknown type (\(config.typeNumber))")
        }
        let (data, dimension) = try ValueParsing.attribute(texts, type: type, format: config.format, labels: config.enumLabels)
        return AttributeWrite(name: config.name, data: data, dimension: dimension)
    }
}
