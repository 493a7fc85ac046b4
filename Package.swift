// swift-tools-version: 6.2
import PackageDescription

/// Every room compiles in Swift 6 mode with warnings as errors; what a room may import is checked by `scripts/lint`.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: dependencies, swiftSettings: strict)
}

let log = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "userprofile-api",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        // C libraries: a module map each, imported by one wrapper only.
        .systemLibrary(name: "CFastCGI", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(name: "CPostgreSQL", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CArgon2", pkgConfig: "libargon2", providers: [.apt(["libargon2-dev"])]),
        .target(name: "CPosix"),

        // Pure cores and wrappers; none knows what a profile is.
        room("Wire"),
        room("Crypto", ["COpenSSL", "CArgon2"]),
        room("JWT", ["Wire", "Crypto"]),
        room("Metrics", ["CPosix"]),
        room("FastCGI", ["CFastCGI", "CPosix"]),
        room("PostgreSQL", ["CPostgreSQL", "CPosix"]),
        room("Redis", ["CHiredis", "CPosix", "Crypto"]),
        room("HTTPClient", ["COpenSSL", "CPosix"]),
        room("Prefork", ["CPosix", log]),

        room(
            "UserProfileAPI",
            ["Wire", "Crypto", "JWT", "Metrics", "FastCGI", "PostgreSQL", "Redis", "HTTPClient", "CPosix", log]),
        .executableTarget(
            name: "userprofile-api",
            dependencies: [
                "UserProfileAPI", "Prefork", "Wire", "Crypto", "JWT", "Metrics", "FastCGI", "PostgreSQL", "Redis", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict,
            // The Swift runtime goes into the binary: a server needs the C libraries of Debian and nothing of the toolchain.
            // FoundationEssentials (argument-parser needs it) names two archives of its own that a dynamic build does not link.
            // Relocations packed by lld (DT_RELR, glibc 2.36): a megabyte less of resident memory in every worker.
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-static-stdlib", "-l_FoundationCShims", "-l_FoundationCollections", "-use-ld=lld", "-Xlinker", "-z", "-Xlinker",
                        "pack-relative-relocs",
                    ], .when(configuration: .release))
            ]),

        tests("Wire", ["Wire"]),
        tests("JWT", ["JWT", "Wire", "Crypto"]),
        tests("FastCGI", ["FastCGI"]),
        tests("Metrics", ["Metrics"]),
        tests("Prefork", ["Prefork"]),
        tests("PostgreSQL", ["PostgreSQL"]),
        tests("HTTPClient", ["HTTPClient"]),
        tests("Redis", ["Redis"]),
        tests("UserProfileAPI", ["UserProfileAPI", "JWT", "Wire"]),
    ],
    swiftLanguageModes: [.v6]
)
