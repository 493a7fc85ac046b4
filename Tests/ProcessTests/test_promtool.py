"""Prometheus' own opinion of /metrics."""

import subprocess

from asserts import ME, assert_ok


def check(text):
    return subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)


def test_metrics_are_clean_for_promtool(own, user, operator):
    assert_ok(user.client.get(ME))
    response = operator.get("/metrics")
    assert response.status == 200
    done = check(response.body)
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (0, "", "")


def test_promtool_would_say_so():
    assert check(b"# HELP requests Too late\n# TYPE requests counter\nrequests 1\n").returncode != 0
