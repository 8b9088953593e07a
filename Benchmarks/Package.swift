// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that a build of the library never builds what measures it.

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    products: [
        // The database knows a server by its program's name, and the C++ one has the name BenchTarget.
        .executable(name: "swift_bench_target", targets: ["BenchTarget"]),
        .executable(name: "swift_bench_client", targets: ["BenchClient"]),
    ],
    dependencies: [.package(name: "swift-tango", path: "..")],
    targets: [
        .executableTarget(
            name: "BenchTarget", dependencies: [.product(name: "TangoServer", package: "swift-tango")], swiftSettings: settings),
        .executableTarget(
            name: "BenchClient", dependencies: [.product(name: "TangoClient", package: "swift-tango")], swiftSettings: settings),
    ]
)
