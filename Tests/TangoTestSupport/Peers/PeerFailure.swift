/// Why a program beside the tests could not be used.
package struct PeerFailure: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) {
        self.description = description
    }
}
