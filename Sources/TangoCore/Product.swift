/// Name and version of this software, the one place for both.
package enum Product {
    package static let name = "swift-tango"
    package static let version = "0.1.0"
}
