/// An element that is ready to be executed, or was refused.
struct BulkPlan<Work: Sendable>: Sendable {
    var item: BulkItem
    /// Name as the device spells it, where it is known.
    var name: String
    var work: Result<Work, HTTPFailure>
}
