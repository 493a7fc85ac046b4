# shellcheck shell=bash
# The suites of scripts/test. Each leaves its counts with add_counts and never stops the others.

PASSED=0
FAILED=0
RESULTS=$(mktemp -d)

# add_counts PASSED FAILED EXIT: a suite that fails without a failed test (a crash, a build error) counts as one failure.
add_counts() {
    local failed=$2
    [ "$3" = 0 ] || [ "$failed" != 0 ] || failed=1
    PASSED=$((PASSED + $1))
    FAILED=$((FAILED + failed))
    say "    $1 passed, $failed failed"
}

add_junit() {
    local exit=$1 passed failed
    shift
    read -r passed failed < <(/usr/bin/python3 "$ROOT/scripts/lib/count_tests.py" "$@")
    # A run that reports nothing at all has not passed.
    [ $((passed + failed)) != 0 ] || exit=1
    add_counts "$passed" "$failed" "$exit"
}

suite_unit() {
    local exit=0
    swift_test "$RESULTS/unit.xml" || exit=$?
    # Swift Testing writes its own file beside the one of XCTest.
    add_junit "$exit" "$RESULTS/unit.xml" "$RESULTS/unit-swift-testing.xml"
}

pytest_suite() {
    local name=$1 exit=0
    shift
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --junit-xml="$RESULTS/$name.xml" "$@" </dev/null || exit=$?
    add_junit "$exit" "$RESULTS/$name.xml"
}

suite_integration() { pytest_suite integration "$ROOT/Tests/IntegrationTests"; }
suite_docs() { pytest_suite docs "$ROOT/Tests/DocsTests"; }
suite_process() { pytest_suite process "$ROOT/Tests/ProcessTests"; }
suite_scripts() { pytest_suite scripts "$ROOT/Tests/ScriptTests"; }

# SQL runs as a program of its own: inside "|| exit=$?" bash would ignore set -e.
suite_sql() {
    local exit=0 passed failed log=$RESULTS/sql.tap
    : >"$log"
    bash "$ROOT/scripts/lib/sql_suite.sh" "$RESULTS/sql" "$log" || exit=$?
    passed=$(grep -c '^ok ' "$log" || true)
    failed=$(grep -c '^not ok ' "$log" || true)
    [ "$exit" = 0 ] || grep -vE '^(ok |1\.\.)' "$log" | tail -n 100 || true
    [ "$passed" != 0 ] || exit=1
    add_counts "$passed" "$failed" "$exit"
}
