// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

// With TANGO_FUZZ=1 the codec is built for libFuzzer; packages depended upon may not have such flags, so never by default.
let isFuzzing = Context.environment["TANGO_FUZZ"] == "1"
let codecSettings = settings + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

let package = Package(
    name: "swift-tango",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TangoClient", targets: ["TangoClient"]),
        .library(name: "TangoServer", targets: ["TangoServer"]),
        .library(name: "TangoTesting", targets: ["TangoTesting"]),
        .executable(name: "tango", targets: ["tango"]),
        .executable(name: "TangoTest", targets: ["TangoTest"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.0"),
    ],
    targets: [
        // Values, names and errors of the field; imports nothing but the standard library.
        .target(name: "TangoCore", swiftSettings: codecSettings),
        // Bytes: CDR, GIOP, IOR, Any and the Tango IDL. Pure functions, no sockets.
        .target(
            name: "TangoWire", dependencies: ["TangoCore", .product(name: "NIOCore", package: "swift-nio")], swiftSettings: codecSettings),
        // Sockets: the only target that opens them.
        .target(
            name: "TangoIIOP",
            dependencies: [
                "TangoWire",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .target(name: "TangoClient", dependencies: ["TangoIIOP"], swiftSettings: settings),
        .target(
            name: "TangoServer", dependencies: ["TangoClient", .product(name: "Logging", package: "swift-log")], swiftSettings: settings),
        // What users test their devices with.
        .target(name: "TangoTesting", dependencies: ["TangoClient", "TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoDatabase",
            dependencies: [
                "TangoServer",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        // Simulated twins of running devices.
        .target(name: "TangoMirror", dependencies: ["TangoServer"], swiftSettings: settings),
        // JPEG and PNG by the libraries everybody uses.
        .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
        .target(
            name: "TangoGateway",
            dependencies: [
                "CImageCodecs", "TangoClient",
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdHTTP2", package: "hummingbird"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "X509", package: "swift-certificates"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            resources: [.embedInCode("Page")], swiftSettings: settings
        ),
        .target(name: "TangoTestDevice", dependencies: ["TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoCLI", dependencies: ["TangoClient", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        .executableTarget(
            name: "tango",
            dependencies: [
                "TangoCLI", "TangoClient", "TangoServer", "TangoDatabase", "TangoGateway", "TangoMirror", "TangoTestDevice",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "TangoTest", dependencies: ["TangoTestDevice", "TangoServer"], swiftSettings: settings),
        // Devices to learn from; each a program and, for the tests, a module.
        .executableTarget(name: "PowerSupply", dependencies: ["TangoServer"], path: "Examples/PowerSupply", swiftSettings: settings),
        .executableTarget(name: "Camera", dependencies: ["TangoServer"], path: "Examples/Camera", swiftSettings: settings),
        .executableTarget(name: "Detectors", dependencies: ["TangoServer"], path: "Examples/Detectors", swiftSettings: settings),
        .executableTarget(name: "GasAnalyser", dependencies: ["TangoServer"], path: "Examples/GasAnalyser", swiftSettings: settings),
        .testTarget(
            name: "ExampleTests", dependencies: ["TangoTesting", "PowerSupply", "Camera", "Detectors", "GasAnalyser"],
            path: "Examples/Tests", swiftSettings: settings),
        .testTarget(name: "TangoCoreTests", dependencies: ["TangoCore"], swiftSettings: settings),
        // What the fuzzer and the hostile-input tests do with bytes.
        .target(
            name: "WireExercise", dependencies: ["TangoCore", "TangoWire", .product(name: "NIOCore", package: "swift-nio")],
            path: "Fuzz/WireExercise", swiftSettings: codecSettings),
        .testTarget(
            name: "TangoWireTests",
            dependencies: ["TangoWire", "TangoCore", "WireExercise", .product(name: "NIOCore", package: "swift-nio")],
            resources: [.copy("Golden")], swiftSettings: settings),
        .testTarget(
            name: "TangoIIOPTests", dependencies: ["TangoIIOP", .product(name: "NIOEmbedded", package: "swift-nio")],
            swiftSettings: settings),
        .testTarget(name: "TangoClientTests", dependencies: ["TangoClient"], swiftSettings: settings),
        .testTarget(name: "TangoServerTests", dependencies: ["TangoServer", "TangoClient"], swiftSettings: settings),
        .testTarget(name: "TangoTestingTests", dependencies: ["TangoTesting"], swiftSettings: settings),
        // The code in README and docs.
        .testTarget(name: "GuideTests", dependencies: ["TangoTesting"], swiftSettings: settings),
        .testTarget(name: "TangoMirrorTests", dependencies: ["TangoMirror", "TangoTesting"], swiftSettings: settings),
        .testTarget(name: "TangoTestDeviceTests", dependencies: ["TangoTestDevice"], swiftSettings: settings),
        .testTarget(name: "TangoDatabaseTests", dependencies: ["TangoDatabase"], swiftSettings: settings),
        .testTarget(
            name: "TangoGatewayTests",
            dependencies: [
                "TangoGateway", "TangoServer", "TangoDatabase", "TangoTestDevice", .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: settings),
        .testTarget(name: "TangoCLITests", dependencies: ["TangoCLI", "tango"], swiftSettings: settings),
        .testTarget(
            name: "InteropTests", dependencies: ["TangoClient", "TangoServer", "TangoDatabase", "TangoGateway", "TangoTestDevice"],
            swiftSettings: settings),
    ]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "WireFuzz", dependencies: ["WireExercise"], path: "Fuzz/WireFuzz", swiftSettings: codecSettings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
