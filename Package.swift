// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]

// With TANGO_FUZZ=1 the codec, the client and the server are built for libFuzzer; packages depended upon may not have such flags, so never
// by default.
let isFuzzing = Context.environment["TANGO_FUZZ"] == "1"
let codecSettings = settings + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])] : [])

func nio(_ product: String) -> Target.Dependency { .product(name: product, package: "swift-nio") }
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

// What only the services and the command line need is guarded by a trait. All traits are on by default; a program that depends on
// this package with `traits: []` neither fetches nor builds it. Every use has the guard, in tests as well: one without it would bring
// the package back for everybody.
func database(_ product: String) -> Target.Dependency {
    .product(name: product, package: "GRDB.swift", condition: .when(traits: ["Database"]))
}
func gateway(_ product: String, _ package: String) -> Target.Dependency {
    .product(name: product, package: package, condition: .when(traits: ["Gateway"]))
}
let arguments = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CommandLine"]))

// On Linux the library is where every compiler looks, and Debian's pkg-config file has flags that the package manager warns of.
#if os(Linux)
    let zeroMQ: String? = nil
#else
    let zeroMQ: String? = "libzmq"
#endif

// Targets name every module they import, of this package and of others.
let package = Package(
    name: "swift-tango",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "TangoClient", targets: ["TangoClient"]),
        .library(name: "TangoServer", targets: ["TangoServer"]),
        .library(name: "TangoTesting", targets: ["TangoTesting"]),
        .library(name: "TangoDatabase", targets: ["TangoDatabase"]),
        .library(name: "TangoGateway", targets: ["TangoGateway"]),
        .executable(name: "tango", targets: ["tango"]),
        .executable(name: "TangoTest", targets: ["TangoTest"]),
        .executable(name: "EventTarget", targets: ["EventTarget"]),
    ],
    traits: [
        .trait(name: "Database", description: "The database server (TangoDatabase), on SQLite"),
        .trait(name: "Gateway", description: "The REST gateway (TangoGateway)"),
        .trait(name: "CommandLine", description: "The program tango, with the traits Database and Gateway"),
        .default(enabledTraits: ["Database", "Gateway", "CommandLine"]),
    ],
    // The versions that the tests ran with, up to the next minor one, which was not tested: Package.resolved is not part of the repository,
    // so that every build would take the newest otherwise. A program that needs a newer one of a package it shares with this one asks here
    // for the tests with it.
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", .upToNextMinor(from: "2.101.2")),
        .package(url: "https://github.com/apple/swift-log", .upToNextMinor(from: "1.16.2")),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", .upToNextMinor(from: "2.13.0")),
        .package(url: "https://github.com/apple/swift-argument-parser", .upToNextMinor(from: "1.8.2")),
        .package(url: "https://github.com/groue/GRDB.swift", .upToNextMinor(from: "7.10.0")),
        .package(url: "https://github.com/hummingbird-project/hummingbird", .upToNextMinor(from: "2.28.1")),
        .package(url: "https://github.com/apple/swift-configuration", .upToNextMinor(from: "1.4.0")),
        .package(url: "https://github.com/apple/swift-crypto", .upToNextMinor(from: "4.5.2")),
        .package(url: "https://github.com/apple/swift-certificates", .upToNextMinor(from: "1.21.1")),
        .package(url: "https://github.com/vapor/jwt-kit", .upToNextMinor(from: "5.7.1")),
        .package(url: "https://github.com/apple/swift-nio-ssl", .upToNextMinor(from: "2.37.6")),
        .package(url: "https://github.com/apple/swift-nio-extras", .upToNextMinor(from: "1.35.2")),
        .package(url: "https://github.com/apple/swift-http-types", .upToNextMinor(from: "1.8.0")),
        .package(url: "https://github.com/apple/swift-asn1", .upToNextMinor(from: "1.7.4")),
        .package(url: "https://github.com/apple/swift-system", .upToNextMinor(from: "1.8.1")),
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
            swiftSettings: codecSettings),
        // libzmq, which carries events.
        .systemLibrary(name: "CZeroMQ", pkgConfig: zeroMQ, providers: [.apt(["libzmq3-dev"]), .brew(["zeromq"])]),
        // Messages of events between processes: the only target that imports libzmq.
        .target(name: "TangoEvents", dependencies: ["CZeroMQ", "TangoWire", nio("NIOCore")], swiftSettings: settings),
        .target(
            name: "TangoServer",
            dependencies: [
                "TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoEvents", nio("NIOCore"), nio("NIOPosix"), logging, lifecycle,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: codecSettings),
        // What users test their devices with.
        .target(name: "TangoTesting", dependencies: ["TangoCore", "TangoClient", "TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoDatabase",
            dependencies: [
                "TangoCore", "TangoWire", "TangoClient", "TangoServer", logging, lifecycle, database("GRDB"),
                database("GRDBSQLite"),
            ],
            swiftSettings: settings
        ),
        // Simulated twins of running devices.
        .target(
            name: "TangoMirror", dependencies: ["TangoCore", "TangoClient", "TangoServer", logging, lifecycle], swiftSettings: settings),
        // JPEG and PNG by the libraries everybody uses.
        .target(name: "CImageCodecs", linkerSettings: [.linkedLibrary("jpeg"), .linkedLibrary("png")]),
        // gzip by zlib.
        .target(name: "CDeflate", linkerSettings: [.linkedLibrary("z")]),
        .target(
            name: "TangoGateway",
            dependencies: [
                "CDeflate", "CImageCodecs", "TangoCore", "TangoIIOP", "TangoClient", nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"),
                nio("NIOHTTP1"),
                logging, lifecycle, gateway("HTTPTypes", "swift-http-types"), gateway("NIOSSL", "swift-nio-ssl"),
                gateway("NIOHTTPTypes", "swift-nio-extras"), gateway("NIOHTTPTypesHTTP1", "swift-nio-extras"),
                gateway("SystemPackage", "swift-system"),
                gateway("SwiftASN1", "swift-asn1"), gateway("HummingbirdCore", "hummingbird"),
                gateway("HummingbirdHTTP2", "hummingbird"), gateway("Configuration", "swift-configuration"),
                gateway("CryptoExtras", "swift-crypto"), gateway("Crypto", "swift-crypto"), gateway("X509", "swift-certificates"),
                gateway("JWTKit", "jwt-kit"),
            ],
            resources: [.embedInCode("Page")], swiftSettings: settings
        ),
        .target(name: "TangoTestDevice", dependencies: ["TangoCore", "TangoServer"], swiftSettings: settings),
        .target(
            name: "TangoCLI", dependencies: ["TangoCore", "TangoClient", arguments], swiftSettings: settings),
        .executableTarget(
            name: "tango",
            dependencies: [
                "TangoCLI", "TangoCore", "TangoIIOP", "TangoClient", "TangoServer", "TangoDatabase", "TangoGateway", "TangoMirror",
                "TangoTestDevice", logging, lifecycle, arguments,
            ],
            swiftSettings: settings
        ),
        // A device whose events its clients control, to measure and test clients with.
        .executableTarget(name: "EventTarget", dependencies: ["TangoCore", "TangoServer"], swiftSettings: settings),
        .executableTarget(name: "TangoTest", dependencies: ["TangoTestDevice", "TangoServer"], swiftSettings: settings),
        // Devices to learn from; each a program and, for the tests, a module.
        .executableTarget(name: "PowerSupply", dependencies: ["TangoServer"], path: "Examples/PowerSupply", swiftSettings: settings),
        .executableTarget(name: "Camera", dependencies: ["TangoServer"], path: "Examples/Camera", swiftSettings: settings),
        .executableTarget(name: "Detectors", dependencies: ["TangoServer"], path: "Examples/Detectors", swiftSettings: settings),
        .executableTarget(name: "GasAnalyzer", dependencies: ["TangoServer"], path: "Examples/GasAnalyzer", swiftSettings: settings),
        .testTarget(
            name: "ExampleTests", dependencies: ["TangoTesting", "PowerSupply", "Camera", "Detectors", "GasAnalyzer"],
            path: "Examples/Tests", swiftSettings: settings),
        // What the tests share: servers, peers, sockets, folders, waiting.
        .target(
            name: "TangoTestSupport",
            dependencies: [
                "TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoServer", "TangoEvents", nio("NIOCore"), nio("NIOPosix"),
                logging,
            ],
            path: "Tests/TangoTestSupport", swiftSettings: settings),
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
            name: "TangoIIOPTests",
            dependencies: ["TangoTestSupport", "TangoCore", "TangoWire", "TangoIIOP", nio("NIOCore"), nio("NIOPosix"), logging],
            swiftSettings: settings),
        .testTarget(
            name: "TangoEventsTests",
            dependencies: ["TangoTestSupport", "TangoEvents", "TangoWire", nio("NIOCore"), nio("NIOPosix")], swiftSettings: settings),
        .testTarget(
            name: "TangoClientTests",
            dependencies: ["TangoCore", "TangoWire", "TangoIIOP", "TangoClient", nio("NIOCore"), nio("NIOPosix")],
            swiftSettings: settings),
        .testTarget(
            name: "TangoServerTests",
            dependencies: [
                "TangoTestSupport", "TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoServer", "TangoEvents", nio("NIOCore"),
                nio("NIOPosix"), logging, lifecycle, .product(name: "ServiceLifecycleTestKit", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings),
        .testTarget(name: "TangoTestingTests", dependencies: ["TangoTesting"], swiftSettings: settings),
        // The code in README and docs, compiled as in a package of its own: without the settings of this one.
        .testTarget(
            name: "GuideTests", dependencies: ["TangoClient", "TangoServer", "TangoTesting"], swiftSettings: [.swiftLanguageMode(.v6)]),
        .testTarget(name: "TangoMirrorTests", dependencies: ["TangoTestSupport", "TangoMirror", "TangoTesting"], swiftSettings: settings),
        .testTarget(
            name: "TangoTestDeviceTests", dependencies: ["TangoCore", "TangoServer", "TangoTestDevice"], swiftSettings: settings),
        .testTarget(name: "TangoDatabaseTests", dependencies: ["TangoCore", "TangoDatabase"], swiftSettings: settings),
        .testTarget(
            name: "TangoGatewayTests",
            dependencies: [
                "TangoTestSupport", "TangoCore", "TangoIIOP", "TangoClient", "TangoGateway", "TangoServer", "TangoDatabase",
                "TangoTestDevice",
                nio("NIOCore"), nio("NIOPosix"), nio("NIOTLS"), nio("NIOEmbedded"), logging,
                gateway("HTTPTypes", "swift-http-types"), gateway("NIOSSL", "swift-nio-ssl"), gateway("Crypto", "swift-crypto"),
                gateway("CryptoExtras", "swift-crypto"), gateway("JWTKit", "jwt-kit"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "TangoCLITests",
            dependencies: ["TangoCLI", "TangoCore", "TangoClient", "TangoGateway", "tango", arguments],
            swiftSettings: settings),
        .testTarget(
            name: "InteropTests",
            dependencies: [
                "TangoTestSupport", "TangoCore", "TangoWire", "TangoIIOP", "TangoClient", "TangoServer", "TangoDatabase", "TangoGateway",
                "TangoTestDevice", "TangoEvents",
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
    package.targets.append(
        .executableTarget(
            name: "TextFuzz", dependencies: ["TangoServer"], path: "Fuzz/TextFuzz", exclude: ["Corpus"], swiftSettings: codecSettings,
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])]))
}
