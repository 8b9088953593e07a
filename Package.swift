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

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

// Targets name every module they import, of this package and of others.
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
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Values, names and errors of the field; imports nothing but the standard library.
        .target(name: "TangoCore", swiftSettings: codecSettings),
        // Bytes: CDR, GIOP, IOR, Any and the Tango IDL. Pure functions, no sockets.
        .target(
            name: "TangoWire", dependencies: ["TangoCore", nio("NIOCore")], swiftSettings: codecSettings),
        // Sockets: the only target that opens them.
        .target(
            name: "TangoIIOP",
            dependencies: ["TangoCore", "TangoWire", nio("NIOCore"), nio("NIOPosix"), logging],
            swiftSettings: settings
        ),
        .target(
            name: "TangoClient", dependencies: ["TangoCore", "TangoWire", "TangoIIOP", nio("NIOCore"), nio("NIOPosix")],
            swiftSettings: settings),
        .target(
            name: "TangoServer",
            dependencies: ["TangoCore", "TangoWire", "TangoIIOP", "TangoClient", nio("NIOCore"), nio("NIOPosix"), logging],
            swiftSettings: settings),
        // What users test their devices with.
        .target(name: "TangoTesting", dependencies: ["TangoCore", "TangoClient", "TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoDatabase",
            dependencies: [
                "TangoCore", "TangoWire", "TangoClient", "TangoServer", logging,
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings
        ),
        // Simulated twins of running devices.
        .target(name: "TangoMirror", dependencies: ["TangoCore", "TangoClient", "TangoServer", logging], swiftSettings: settings),
        // JPEG and PNG by the libraries everybody uses.
        .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
        .target(
            name: "TangoGateway",
            dependencies: [
                "CImageCodecs", "TangoCore", "TangoIIOP", "TangoClient", nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"), logging, httpTypes,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "SwiftASN1", package: "swift-asn1"),
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
        .target(name: "TangoTestDevice", dependencies: ["TangoCore", "TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoCLI",
            dependencies: ["TangoCore", "TangoClient", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: settings),
        .executableTarget(
            name: "tango",
            dependencies: [
                "TangoCLI", "TangoCore", "TangoClient", "TangoServer", "TangoDatabase", "TangoGateway", "TangoMirror", "TangoTestDevice",
                logging,
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
            name: "WireExercise", dependencies: ["TangoCore", "TangoWire", nio("NIOCore")],
            path: "Fuzz/WireExercise", swiftSettings: codecSettings),
        .testTarget(
            name: "TangoWireTests",
            dependencies: ["TangoWire", "TangoCore", "WireExercise", nio("NIOCore")],
            resources: [.copy("Golden")], swiftSettings: settings),
        .testTarget(
            name: "TangoIIOPTests", dependencies: ["TangoCore", "TangoWire", "TangoIIOP", nio("NIOCore"), nio("NIOPosix")],
            swiftSettings: settings),
        .testTarget(
            name: "TangoClientTests",
            dependencies: ["TangoCore", "TangoWire", "TangoIIOP", "TangoClient", nio("NIOCore"), nio("NIOPosix")],
            swiftSettings: settings),
        .testTarget(
            name: "TangoServerTests",
            dependencies: ["TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoServer", nio("NIOCore"), nio("NIOPosix"), logging],
            swiftSettings: settings),
        .testTarget(name: "TangoTestingTests", dependencies: ["TangoTesting"], swiftSettings: settings),
        // The code in README and docs.
        .testTarget(name: "GuideTests", dependencies: ["TangoClient", "TangoServer", "TangoTesting"], swiftSettings: settings),
        .testTarget(name: "TangoMirrorTests", dependencies: ["TangoMirror", "TangoTesting"], swiftSettings: settings),
        .testTarget(
            name: "TangoTestDeviceTests", dependencies: ["TangoCore", "TangoServer", "TangoTestDevice"], swiftSettings: settings),
        .testTarget(name: "TangoDatabaseTests", dependencies: ["TangoCore", "TangoDatabase"], swiftSettings: settings),
        .testTarget(
            name: "TangoGatewayTests",
            dependencies: [
                "TangoCore", "TangoIIOP", "TangoClient", "TangoGateway", "TangoServer", "TangoDatabase", "TangoTestDevice",
                nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"), nio("NIOEmbedded"), logging, httpTypes,
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "JWTKit", package: "jwt-kit"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TangoCLITests",
            dependencies: [
                "TangoCLI", "TangoCore", "TangoClient", "TangoGateway", "tango",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoServer", "TangoDatabase", "TangoGateway", "TangoTestDevice",
                nio("NIOPosix"),
            ],
            swiftSettings: settings),
    ]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "WireFuzz", dependencies: ["WireExercise"], path: "Fuzz/WireFuzz", swiftSettings: codecSettings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
