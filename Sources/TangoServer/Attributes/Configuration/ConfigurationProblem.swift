import TangoCore

/// Something wrong with the configuration of an attribute, by the name of the property.
struct ConfigurationProblem {
    let property: String
    let failure: DevFailed

    init(_ property: String, _ failure: DevFailed) {
        self.property = property
        self.failure = failure
    }
}
