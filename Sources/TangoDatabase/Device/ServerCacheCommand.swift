import TangoCore

extension DatabaseCommand {
    static let serverCache = reading(
        "DbGetDataForServerCache", "server/instance, host[%%release of the caller]", "all a starting server needs, as one list"
    ) { (db, argument: [String]) -> [String] in
        try argument.require(exactly: 2, "server, host")
        var reply = ServerCacheReply(db: db, server: argument[0], host: argument[1])
        try reply.build()
        return reply.elements
    }
}

/// Builds the answer of `DbGetDataForServerCache`, with few statements and none per row.
private struct ServerCacheReply {
    private let db: any SQLConnection
    private let server: String
    private let host: String
    private let hasPipes: Bool
    private(set) var elements: [String] = []

    init(db: any SQLConnection, server: String, host: String) {
        self.db = db
        self.server = server
        let (name, release) = Self.splitHost(host)
        self.host = name
        self.hasPipes = release >= 9
    }

    /// Splits `host%%release`; release 0 when there is none.
    private static func splitHost(_ text: String) -> (host: String, release: Int) {
        let bytes = Array(text.utf8)
        let percent = UInt8(ascii: "%")
        guard let mark = bytes.indices.dropLast().first(where: { bytes[$0] == percent && bytes[$0 + 1] == percent }) else {
            return (text, 0)
        }
        let digits = bytes[(mark + 2)...].prefix { (0x30...0x39).contains($0) }
        return (String(decoding: bytes[..<mark], as: UTF8.self), Int(String(decoding: digits, as: UTF8.self)) ?? 0)
    }

    mutating func build() throws {
        let adminDevice = "dserver/\(self.server)"
        if self.hasPipes { self.elements.append(DatabaseStore.release) }
        guard try self.appendImport(of: adminDevice) else { return }
        let channel = "notifd/factory/\(self.host)"
        let short = "notifd/factory/\(self.host.prefix { $0 != "." })"
        self.append(try EventTable.entry(channel, in: self.db) ?? EventTable.entry(short, in: self.db), named: channel)
        self.append(try EventTable.entry(adminDevice, in: self.db), named: adminDevice)
        try self.appendProperties("DServer", .classes)
        try self.appendProperties("Default", .classes)
        try self.appendProperties(adminDevice, .device)
        try self.appendClasses()
        let services = try PropertyTable.object.block(self.db, owner: "CtrlSystem")
        self.elements.append("CtrlSystem")
        services.write(to: &self.elements)
        if let device = Self.accessControlDevice(services) { try self.appendImport(of: device) }
    }

    @discardableResult
    private mutating func appendImport(of device: String) throws -> Bool {
        guard let entry = try DeviceTable.entry(device, in: self.db) else {
            self.elements += [device, "Not Found"]
            return false
        }
        self.elements += [
            device, entry.ior, entry.version, entry.server, entry.host, String(entry.exported), String(entry.pid), entry.deviceClass,
        ]
        return true
    }

    private mutating func append(_ event: EventTable.Entry?, named name: String) {
        guard let event else {
            self.elements += [name, "Not Found"]
            return
        }
        self.elements += [
            name, event.ior, event.version, event.host, String(event.exported), String(event.pid),
        ]
    }

    private mutating func appendProperties(_ owner: String, _ table: PropertyTable) throws {
        self.elements.append(owner)
        try table.block(self.db, owner: owner).write(to: &self.elements)
    }

    private mutating func appendItems(_ owner: String, _ table: PropertyTable) throws {
        self.elements.append(owner)
        try table.itemBlock(self.db, owner: owner).write(to: &self.elements)
    }

    private mutating func appendClasses() throws {
        let classes = try self.db.texts(
            "SELECT class FROM device WHERE server = ? AND class <> 'DServer' GROUP BY class ORDER BY min(rowid)", [.text(self.server)])
        var devicesOfClass: [String: [String]] = [:]
        try self.db.each("SELECT name, class FROM device WHERE server = ? ORDER BY name", [.text(self.server)]) {
            devicesOfClass[$0.text(1).tangoFolded, default: []].append($0.text(0))
        }
        let properties = try self.devicePropertyBlocks()
        let attributes = try self.deviceItemBlocks(.deviceAttribute)
        let pipes = self.hasPipes ? try self.deviceItemBlocks(.devicePipe) : [:]
        self.elements += [self.server, String(classes.count)]
        for deviceClass in classes {
            try self.appendProperties(deviceClass, .classes)
            try self.appendItems(deviceClass, .classAttribute)
            if self.hasPipes { try self.appendItems(deviceClass, .classPipe) }
            let names = devicesOfClass[deviceClass.tangoFolded] ?? []
            self.elements += [deviceClass, String(names.count)] + names
            for name in names {
                self.elements.append(name)
                (properties[name] ?? PropertyBlock()).write(to: &self.elements)
                self.elements.append(name)
                (attributes[name] ?? ItemBlock()).write(to: &self.elements)
                guard self.hasPipes else { continue }
                self.elements.append(name)
                (pipes[name] ?? ItemBlock()).write(to: &self.elements)
            }
        }
    }

    /// Returns the properties of all devices of the server, by stored name.
    private func devicePropertyBlocks() throws -> [String: PropertyBlock] {
        var blocks: [String: PropertyBlock] = [:]
        var current = (device: "", block: PropertyBlock())
        try self.db.each(
            """
            SELECT d.name, p.name, p.value FROM device d CROSS JOIN property_device p ON p.device = d.name
            WHERE d.server = ? ORDER BY d.name, p.name, p.count
            """,
            [.text(self.server)]
        ) { row in
            let device = row.text(0)
            if device != current.device {
                blocks[current.device] = current.block
                current = (device, PropertyBlock())
            }
            current.block.append(row.text(1), row.text(2))
        }
        blocks[current.device] = current.block
        return blocks
    }

    /// Returns the attribute or pipe properties of all devices of the server, by stored name.
    private func deviceItemBlocks(_ table: PropertyTable) throws -> [String: ItemBlock] {
        let item = table.item ?? "name"
        var blocks: [String: ItemBlock] = [:]
        var current = (device: "", block: ItemBlock())
        try self.db.each(
            """
            SELECT d.name, p.\(item), p.name, p.value FROM device d CROSS JOIN \(table.name) p ON p.device = d.name
            WHERE d.server = ? ORDER BY d.name, p.\(item), p.name, p.count
            """,
            [.text(self.server)]
        ) { row in
            let device = row.text(0)
            if device != current.device {
                blocks[current.device] = current.block
                current = (device, ItemBlock())
            }
            current.block.append(row.text(1), row.text(2), row.text(3))
        }
        blocks[current.device] = current.block
        return blocks
    }

    /// Returns the device of the access control service, the last one if there are several; `nil` without.
    private static func accessControlDevice(_ services: PropertyBlock) -> String? {
        let prefix = "accesscontrol/tango:"
        let values = services.properties.first { $0.name.isSameName(as: "Services") }?.values ?? []
        guard let value = values.last(where: { $0.tangoFolded.hasPrefix(prefix) }) else { return nil }
        var device = value.dropFirst(prefix.count)
        if device.tangoFoldedPrefix("tango:") { device = device.dropFirst("tango:".count) }
        guard device.hasPrefix("//") else { return String(device) }
        return device.split(separator: "/", maxSplits: 1).dropFirst().first.map(String.init)
    }
}

extension Substring {
    /// Returns whether the text has a prefix, compared without case.
    fileprivate func tangoFoldedPrefix(_ prefix: String) -> Bool {
        String(self.prefix(prefix.count)).tangoFolded == prefix
    }
}
