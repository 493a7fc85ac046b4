# shellcheck shell=bash
# One way to build and test, so that the product and the tests share a build directory and compile once.

SWIFT_BIN_DIR=$ROOT/.build

# swift_build [CONFIGURATION]
swift_build() {
    command -v swift >/dev/null || die "swift is not in PATH" "install Swift 6.3 (https://www.swift.org/install/linux/), then run this again"
    (cd "$ROOT" && swift build -c "${1:-release}" --product userprofile-api) ||
        die "the build failed" "mend what the compiler says, then run this again"
}

swift_binary() { printf '%s/%s/userprofile-api\n' "$SWIFT_BIN_DIR" "${1:-release}"; }

# swift_test XUNIT: builds the tests beside the product, runs them, and leaves the counts in XUNIT as JUnit XML.
swift_test() {
    (cd "$ROOT" && swift build -c release --build-tests && swift test -c release --skip-build --parallel --xunit-output "$1")
}
