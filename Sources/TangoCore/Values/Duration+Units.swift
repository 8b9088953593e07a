extension Duration {
    /// Whole nanoseconds, clamped so that they can be added to a point in time.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max / 2) : product &+ attoseconds / 1_000_000_000
    }

    /// Whole microseconds, clamped.
    package var microseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (seconds < 0 ? .min : .max / 2) : product &+ attoseconds / 1_000_000_000_000
    }

    /// Whole milliseconds, as Tango's properties and commands have periods, clamped.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = self.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow
            ? (seconds < 0 ? .min : .max / 2) : product &+ attoseconds / 1_000_000_000_000_000
    }
}
