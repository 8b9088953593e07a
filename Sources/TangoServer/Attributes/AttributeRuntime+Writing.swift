import Synchronization
import TangoCore

extension AttributeRuntime {
    /// Checks in the order of cppTango 9.3.4 that a client's value can be one of the attribute, and returns it with its dimensions;
    /// `accepted` follows.
    func checked(_ value: AttributeValue) throws(DevFailed) -> AttributeWrite {
        let definition = self.definition
        let origin = "WAttribute::check_written_value"
        guard definition.access.isWritable else {
            throw DevFailed(.attributeNotWritable, "Attribute \(self.name) is not writable", origin: "Device::write_attributes")
        }
        var dimension = value.writeDimension
        if definition.format != .scalar {
            guard dimension.x <= definition.maxDimX, dimension.x >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "X dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
            guard dimension.y <= (definition.format == .image ? definition.maxDimY : 0), dimension.y >= 0 else {
                throw DevFailed(
                    .writeOutsideLimit, "Y dimesion is greater than the max defined for attribute \(self.name)", origin: origin)
            }
        }
        if let error = self.configurationError { throw error }
        guard value.data.elementType == (definition.type == .enum ? .short : definition.type) else {
            throw DevFailed(
                .incompatibleAttributeType,
                "Incompatible attribute type: expected Tango::\(Self.arrayName(definition.type)) (even for single value), found Tango::\(Self.arrayName(value.data.elementType))",
                origin: origin)
        }
        let isScalar = definition.format == .scalar
        guard isScalar ? value.data.count >= 1 : value.data.count == dimension.elementCount else {
            throw DevFailed(.incorrectDataNumber, "Incorrect data number", origin: origin)
        }
        if isScalar { dimension = .scalar }
        return AttributeWrite(name: self.name, data: value.data, dimension: dimension)
    }

    /// Checks the values and returns those for the handler: of several for a scalar the first, though all are checked (cppTango 9.3.4).
    func accepted(_ write: AttributeWrite, allowsNaN: Bool) throws(DevFailed) -> AttributeWrite {
        try self.checkRange(write.data, allowsNaN: allowsNaN)
        guard self.definition.format == .scalar, write.data.count > 1 else { return write }
        return AttributeWrite(name: self.name, data: write.data.slice(0..<1), dimension: .scalar)
    }

    private static func arrayName(_ type: DataType?) -> String { type.map { $0.arrayType?.name ?? $0.name } ?? "union_no_data" }

    /// Checks the values against the limits and the labels, and for NaN.
    /// - Throws: `API_WAttrOutsideLimit`.
    func checkRange(_ data: AttributeData, allowsNaN: Bool) throws(DevFailed) {
        let origin = "WAttribute::check_written_value"
        switch data {
        case .double(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .float(let values) where !allowsNaN: try self.refuseNaN(values.firstIndex { !$0.isFinite })
        case .short(let values) where self.definition.type == .enum:
            let count = self.enumLabels.count
            if let index = values.firstIndex(where: { $0 < 0 || Int($0) >= count }) {
                throw DevFailed(
                    .writeOutsideLimit,
                    "Set value for attribute \(self.name) is negative or above the maximun authorized (\(count)) for at least element \(index)",
                    origin: origin)
            }
        default: break
        }
        guard let limits = self.state.withLock({ $0.limits }) else { return }
        if let limit = limits.minValue, let index = data.firstIndex(.below, limit) {
            throw DevFailed(
                .writeOutsideLimit, "Set value for attribute \(self.name) is below the minimum authorized (at least element \(index))",
                origin: origin)
        }
        if let limit = limits.maxValue, let index = data.firstIndex(.above, limit) {
            throw DevFailed(
                .writeOutsideLimit, "Set value for attribute \(self.name) is above the maximum authorized (at least element \(index))",
                origin: origin)
        }
    }

    private func refuseNaN(_ index: Int?) throws(DevFailed) {
        guard let index else { return }
        throw DevFailed(
            .writeOutsideLimit, "Set value for attribute \(self.name) is a NaN or INF value (at least element \(index))",
            origin: "WAttribute::check_written_value")
    }
}
