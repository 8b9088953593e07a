import TangoCore

/// How a piece of text looks on a terminal: one or more SGR attributes (ECMA-48, 256-color extension).
public struct Style: Sendable, Hashable {
    /// The numbers between `ESC[` and `m`.
    public let codes: String

    /// A style of those SGR numbers.
    public init(codes: String) {
        self.codes = codes
    }

    public static let bold = Style(codes: "1")
    public static let dim = Style(codes: "2")
    public static let red = Style(codes: "31")
    public static let boldRed = Style(codes: "1;31")
    public static let green = Style(codes: "32")
    public static let yellow = Style(codes: "33")
    public static let blue = Style(codes: "38;5;75")
    public static let magenta = Style(codes: "35")
    public static let cyan = Style(codes: "36")
    public static let orange = Style(codes: "38;5;208")
    public static let darkGreen = Style(codes: "38;5;28")
    public static let beige = Style(codes: "38;5;180")
    public static let gray = Style(codes: "38;5;245")
    public static let white = Style(codes: "97")

    /// The color Tango's own panels give a state.
    public init(state: DevState) {
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

    /// The color Tango's own panels give a quality.
    public init(quality: AttributeQuality) {
        switch quality {
        case .valid: self = .green
        case .invalid: self = .gray
        case .alarm: self = .red
        case .changing: self = .blue
        case .warning: self = .orange
        }
    }
}
