package import TangoCore

/// The appearance of text on a terminal: one or more SGR attributes (ECMA-48, 256-color extension).
package struct Style: Sendable, Hashable {
    /// The numbers between `ESC[` and `m`.
    package let codes: String

    /// Creates a style from SGR numbers.
    package init(codes: String) {
        self.codes = codes
    }

    package static let bold = Style(codes: "1")
    package static let dim = Style(codes: "2")
    package static let red = Style(codes: "31")
    package static let boldRed = Style(codes: "1;31")
    package static let green = Style(codes: "32")
    package static let yellow = Style(codes: "33")
    package static let blue = Style(codes: "38;5;75")
    package static let magenta = Style(codes: "35")
    package static let cyan = Style(codes: "36")
    package static let orange = Style(codes: "38;5;208")
    package static let darkGreen = Style(codes: "38;5;28")
    package static let beige = Style(codes: "38;5;180")
    package static let gray = Style(codes: "38;5;245")
    package static let white = Style(codes: "97")

    /// Creates the color of a state in Tango's own panels.
    package init(state: DevState) {
        switch state {
        case .on, .open, .extract: self = .green
        case .off, .close, .insert: self = .white
        case .moving: self = .blue
        case .standby: self = .yellow
        case .fault: self = .red
        case .`init`: self = .beige
        case .running: self = .darkGreen
        case .alarm: self = .orange
        case .disable: self = .magenta
        case .unknown: self = .gray
        }
    }

    /// Creates the color of a quality in Tango's own panels.
    package init(quality: AttributeQuality) {
        switch quality {
        case .valid: self = .green
        case .invalid: self = .gray
        case .alarm: self = .red
        case .changing: self = .blue
        case .warning: self = .orange
        }
    }
}
