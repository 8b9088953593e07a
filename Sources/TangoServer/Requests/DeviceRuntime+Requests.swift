import TangoCore
import TangoIIOP
import TangoWire

extension DeviceRuntime {
    /// Handles a request, wherever it comes from.
    func handle(_ request: Request) -> Disposition {
        guard request.operation.interface <= self.interfaceVersion else { return .answer(.failure(SystemException.badOperation)) }
        let disposition: Disposition
        if let refusal = self.locking.refusal(of: request.call, from: request.requester.peer) {
            disposition = .answer(.failure(refusal))
        } else {
            do {
                disposition = try CallTable.disposition(of: request.call, from: request.requester, on: self)
            } catch {
                disposition = .answer(.failure(error))
            }
        }
        // Last, so that a query of the black box does not contain itself.
        self.blackBox.record(request)
        return disposition
    }
}
