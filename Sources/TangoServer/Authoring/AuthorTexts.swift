import TangoCore
import TangoWire

/// Texts of authors on their way into the kernel, which works in wire form (`TangoText`): metadata as UTF-8.
extension String {
    /// The text of an author in wire form; one in wire form already is left as it is.
    var wireMetadata: String { TangoText.wireMetadata(self) }
}

extension AttributeDefinition {
    /// The definition with its names and texts in wire form.
    var wireTexts: AttributeDefinition {
        var copy = self
        copy.name = self.name.wireMetadata
        copy.writeAttributeName = self.writeAttributeName?.wireMetadata
        copy.enumLabels = self.enumLabels.map(\.wireMetadata)
        copy.properties = self.properties.mapTexts(\.wireMetadata)
        return copy
    }
}

extension CommandDefinition {
    /// The definition with its name and texts in wire form.
    var wireTexts: CommandDefinition {
        var copy = self
        copy.info = self.info.mapTexts(\.wireMetadata)
        return copy
    }
}

extension PipeDefinition {
    /// The definition with its name and texts in wire form.
    var wireTexts: PipeDefinition {
        var copy = self
        copy.config = self.config.mapTexts(\.wireMetadata)
        return copy
    }
}
