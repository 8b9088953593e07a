/// Words of the command line, including those that look like options, such as `-5`.
enum Typed {
    /// Returns the words without the first `--`, which only ends the options.
    static func words(_ captured: [String]) -> [String] {
        guard let terminator = captured.firstIndex(of: "--") else { return captured }
        return Array(captured[..<terminator] + captured[(terminator + 1)...])
    }
}
