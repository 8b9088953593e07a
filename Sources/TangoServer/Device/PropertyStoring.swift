import TangoCore

/// One attempt to store changes of the properties of a device or of one of its attributes.
struct PropertyStoring {
    private let device: String
    private let owner: PropertyOwner
    private let put: [(name: String, values: [String])]
    private let deleted: [String]
    /// Names of the properties that may be in the database in their new form after a failure.
    private(set) var possiblyStored: [String] = []

    init(device: String, owner: PropertyOwner, put: [(name: String, values: [String])], deleted: [String]) {
        self.device = device
        self.owner = owner
        self.put = put
        self.deleted = deleted
    }

    init(device: String, owner: PropertyOwner, changes: [PropertyChange]) {
        self.init(
            device: device, owner: owner, put: changes.compactMap { change in change.values.map { (change.name, $0) } },
            deleted: changes.filter { $0.values == nil }.map(\.name))
    }

    /// - Throws: the error of the database.
    mutating func run(on storage: any DeviceStorage) async throws(DevFailed) {
        if !self.put.isEmpty {
            do throws(DevFailed) {
                if let attribute = self.owner.attribute {
                    try await storage.putAttributeProperties(self.device, attribute: attribute, self.put)
                } else {
                    try await storage.putProperties(self.device, self.put)
                }
            } catch {
                if error.leavesOpenWhatWasDone { self.possiblyStored = self.put.map(\.name) }
                throw error
            }
        }
        guard !self.deleted.isEmpty else { return }
        do throws(DevFailed) {
            if let attribute = self.owner.attribute {
                try await storage.deleteAttributeProperties(self.device, attribute: attribute, names: self.deleted)
            } else {
                try await storage.deleteProperties(self.device, names: self.deleted)
            }
        } catch {
            self.possiblyStored = self.put.map(\.name) + (error.leavesOpenWhatWasDone ? self.deleted : [])
            throw error
        }
    }
}

extension DevFailed {
    /// Whether the call may have been executed although it failed: the answer is what got lost.
    fileprivate var leavesOpenWhatWasDone: Bool {
        self.errors.contains { [.deviceTimedOut, .communicationFailed, "API_Cancelled"].contains($0.reason) }
    }
}
