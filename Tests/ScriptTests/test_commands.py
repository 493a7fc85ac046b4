"""Every command: help, arguments, from any directory."""

import os
import subprocess

import pytest

from stack import ROOT

COMMANDS = sorted(str(path.relative_to(ROOT)) for path in [*(ROOT / "scripts").iterdir(), ROOT / ".ci/run"]
                  if path.is_file() and os.access(path, os.X_OK))


def run(command, *arguments, cwd="/", **environment):
    return subprocess.run([ROOT / command, *arguments], cwd=cwd, text=True, capture_output=True, timeout=60,
                          stdin=subprocess.DEVNULL, env={**os.environ, **environment})


def bash(script, **environment):
    return subprocess.run(["bash", "-c", f"set -euo pipefail; {script}"], cwd=ROOT, text=True, capture_output=True,
                          timeout=60, env={**os.environ, **environment})


@pytest.mark.parametrize("command", COMMANDS)
def test_help_says_how_to_use_it(command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: {command}")


@pytest.mark.parametrize("command", [name for name in COMMANDS if name.startswith("scripts/")])
def test_unknown_argument_is_refused_with_a_remedy(command):
    done = run(command, "--no-such-option")
    assert done.returncode != 0
    assert "--help" in done.stdout + done.stderr


def test_marker_without_a_value_is_an_error(tmp_path):
    template = tmp_path / "x.conf"
    template.write_text("listen @PORT@; root @NOWHERE@;\n")
    done = bash(f'. scripts/lib/common.sh; . scripts/lib/tls.sh; . scripts/lib/nginx.sh; render {template} PORT=1')
    assert done.returncode != 0
    assert "@NOWHERE@" in done.stderr


def test_values_are_rendered_literally(tmp_path):
    template = tmp_path / "x.conf"
    template.write_text("a @VALUE@ b\n")
    done = bash(f'. scripts/lib/common.sh; . scripts/lib/tls.sh; . scripts/lib/nginx.sh; render {template} "VALUE=x&\\\\1 y"')
    assert done.stdout == "a x&\\1 y b\n"


def test_nobody_waits_for_a_process_that_has_ended():
    done = bash('. scripts/lib/common.sh; true & pid=$!; wait "$pid"; wait_started "$pid" 3600 false')
    assert (done.returncode, done.stderr) == (1, "")


def test_a_room_may_not_import_what_the_table_does_not_name(tmp_path):
    table = tmp_path / "rooms.txt"
    table.write_text("any: Glibc\nWire:\nRedis: CHiredis Wire\n")
    for room, text in {"Wire": "import Glibc\n", "Redis": "@preconcurrency internal import CHiredis\nimport struct Wire.X\n"}.items():
        (tmp_path / "Sources" / room).mkdir(parents=True)
        (tmp_path / "Sources" / room / "File.swift").write_text(text)
    check = ["/usr/bin/python3", ROOT / "scripts/lib/check_rooms.py", table, tmp_path / "Sources"]
    assert subprocess.run(check, capture_output=True).returncode == 0
    (tmp_path / "Sources/Wire/File.swift").write_text("// why\n  private import Redis\n")
    done = subprocess.run(check, text=True, capture_output=True)
    assert done.returncode == 1
    assert "File.swift:2: Wire may not import Redis" in done.stdout


def test_a_room_may_only_name_rooms_above_it(tmp_path):
    (tmp_path / "rooms.txt").write_text("Wire: JWT\nJWT: Wire\n")
    (tmp_path / "Sources").mkdir()
    done = subprocess.run(["/usr/bin/python3", ROOT / "scripts/lib/check_rooms.py", tmp_path / "rooms.txt", tmp_path / "Sources"],
                          text=True, capture_output=True)
    assert done.returncode == 1
    assert "Wire names JWT" in done.stdout


def test_a_c_library_has_one_wrapper(tmp_path):
    (tmp_path / "rooms.txt").write_text("Redis: CHiredis\nCache: CHiredis\n")
    (tmp_path / "Sources").mkdir()
    done = subprocess.run(["/usr/bin/python3", ROOT / "scripts/lib/check_rooms.py", tmp_path / "rooms.txt", tmp_path / "Sources"],
                          text=True, capture_output=True)
    assert done.returncode == 1
    assert "CHiredis has two wrappers, Redis and Cache" in done.stdout


def test_counts_come_from_junit_files(tmp_path):
    report = tmp_path / "x.xml"
    report.write_text('<testsuites><testsuite><testcase/><testcase><failure/></testcase><testcase><error/></testcase>'
                      '<testcase><skipped/></testcase></testsuite></testsuites>')
    done = subprocess.run(["/usr/bin/python3", ROOT / "scripts/lib/count_tests.py", report, tmp_path / "none.xml"],
                          text=True, capture_output=True)
    assert done.stdout == "1 2\n"


def test_a_suite_that_fails_without_a_failed_test_counts_as_a_failure():
    done = bash('. scripts/lib/common.sh; . scripts/lib/suites.sh; add_counts 3 0 1; add_counts 2 0 0; echo "$PASSED $FAILED"; rm -rf "$RESULTS"')
    assert done.stdout.splitlines()[-1] == "5 1"


def test_test_refuses_an_unknown_suite():
    done = run("scripts/test", "--only", "nonsense")
    assert done.returncode != 0
    assert "no suite 'nonsense'" in done.stderr


def test_a_directory_with_other_things_is_never_taken_or_wiped(tmp_path):
    (tmp_path / "letters.txt").write_text("mine")
    for arguments in (["scripts/down", "--wipe"], ["scripts/up"]):
        done = run(*arguments, UPA_RUN_DIR=str(tmp_path), UPA_BIN="/bin/true")
        assert done.returncode != 0
        assert "other things" in done.stderr
    assert (tmp_path / "letters.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]
