public import TangoCore

/// The declaration of an attribute, command or pipe, to which rules about its use can be added. It may be used when all rules agree.
///
/// What a rule refuses fails with `API_AttrNotAllowed`, `API_CommandNotAllowed` or `API_PipeNotAllowed`.
public protocol MemberDeclaration<D>: Sendable {
    /// The class whose code serves it.
    associatedtype D: Device
    /// Returns the declaration with one more rule.
    func restricted(by rule: @escaping AccessCheck) -> Self
}

extension MemberDeclaration {
    /// Allows the member in these states of the device only: `.allowed(in: .on, .moving)`.
    /// - Parameter states: states of the device.
    /// - Parameter kinds: what the rule applies to; everything when empty.
    public func allowed(in states: DevState..., for kinds: AccessKind...) -> Self {
        self.restricted { call, kind in
            (!kinds.isEmpty && !kinds.contains(kind)) || states.contains(call.context.state)
        }
    }

    /// Refuses the member in these states of the device: `.notAllowed(in: .fault, for: .write)`.
    /// - Parameter states: states of the device.
    /// - Parameter kinds: what the rule applies to; everything when empty.
    public func notAllowed(in states: DevState..., for kinds: AccessKind...) -> Self {
        self.restricted { call, kind in
            (!kinds.isEmpty && !kinds.contains(kind)) || !states.contains(call.context.state)
        }
    }

    /// Allows the member when the closure returns `true`.
    public func allowed(when isAllowed: @escaping @Sendable (D, AccessKind) -> Bool) -> Self {
        self.restricted { call, kind in
            guard let device = try? call.device(as: D.self) else { return false }
            return isAllowed(device, kind)
        }
    }
}
