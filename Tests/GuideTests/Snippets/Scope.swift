import TangoServer

/// The device that the guide shows events with.
final class Scope: Device {
    static let deviceClass = DeviceClass("Scope", Scope.self) {
        Attribute("Trace", [Double].self, maxDimX: 1000).read(\.trace).pushesEvents(.change).announcesDataReady()
        Attribute("Peak", Double.self, absoluteChange: 0.5).read(\.peak).pushesEvents(.change, detect: true)
        Attribute("Offset", Double.self, absoluteChange: 0.1).stored(at: \.offset).polled(every: .seconds(1))
    }

    private let context: DeviceContext
    private var trace: [Double] = []
    private var peak = 0.0
    private var offset = 0.0

    init(context: DeviceContext) { self.context = context }

    func initialize() { self.context.setState(.on) }

    func triggered(_ trace: [Double]) throws {
        try self.context.push(.change, "Trace", trace)
        try self.context.push(.change, "Peak", trace.max() ?? 0)
        try self.context.pushDataReady(attribute: "Trace", counter: 1)
    }

    func lost() throws {
        try self.context.push(.change, attribute: "Trace", failure: DevFailed("Scope_NoTrigger", "nothing for a minute"))
    }
}
