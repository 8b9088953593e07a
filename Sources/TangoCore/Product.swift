/// What this software is.
package enum Product {
    package static let name = "swift-tango"
    package static let version = "0.1.0"
}
