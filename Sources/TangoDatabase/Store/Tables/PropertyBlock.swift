import TangoCore

/// Properties with their values, collected from rows in order of name and element.
struct PropertyBlock {
    private(set) var properties: [(name: String, values: [String])] = []

    /// Adds the next element.
    mutating func append(_ name: String, _ value: String) {
        if let last = self.properties.indices.last, self.properties[last].name.isSameName(as: name) {
            self.properties[last].values.append(value)
        } else {
            self.properties.append((name, [value]))
        }
    }

    /// Writes `count, {name, count, values}`.
    func write(to answer: inout [String]) {
        answer.append(String(self.properties.count))
        for property in self.properties {
            answer.append(property.name)
            answer.append(String(property.values.count))
            answer += property.values
        }
    }
}

/// Attributes or pipes with their properties, collected from rows in order of item, name and element.
struct ItemBlock {
    private(set) var items: [(name: String, block: PropertyBlock)] = []

    /// Adds the next element.
    mutating func append(_ item: String, _ name: String, _ value: String) {
        if let last = self.items.indices.last, self.items[last].name.isSameName(as: item) {
            self.items[last].block.append(name, value)
        } else {
            var block = PropertyBlock()
            block.append(name, value)
            self.items.append((item, block))
        }
    }

    /// Writes `count, {item, properties}`.
    func write(to answer: inout [String]) {
        answer.append(String(self.items.count))
        for item in self.items {
            answer.append(item.name)
            item.block.write(to: &answer)
        }
    }
}

extension String {
    /// Returns whether two names are equal without case.
    func isSameName(as other: String) -> Bool {
        self == other || self.tangoFolded == other.tangoFolded
    }
}
